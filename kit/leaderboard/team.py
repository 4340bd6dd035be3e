"""The state of a team: who has which runs, who sends what today, and what nobody has tried."""

import datetime
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kit import metrics, runs
from kit.competition import Competition
from kit.leaderboard.ledger import Entry
from kit.learn import recipes
from kit.learn.settings import resolve_settings
from kit.runs import listing

Row = dict[str, Any]
UNKNOWN = "?"  # a member whose name is not recorded


def list_runs(competition: Competition, shared: Sequence[Row] = ()) -> list[Row]:
    """The finished runs here and those in the store (kit.sharing.remote), each once: run, author, recipe, backbone, score,
    error, and shared, whether the store has it.
    """
    known = {row["run"]: {**row, "shared": True} for row in shared}
    here = [run for run in runs.list_runs(competition.slug, archived=True) if run.status() == "finished"]
    for row in map(listing.record, here):
        known.setdefault(row["run"], {**row, "shared": False})
    return list(known.values())


def list_members(
    competition: Competition,
    team_runs: Sequence[Row],
    entries: Sequence[Entry],
    claims: Mapping[str, str] = MappingProxyType({}),
) -> list[Row]:
    """A record per member, the best first: member, runs, shared (how many of them the store has), best, error and best_run out
    of fold, sent, sent_today and best_public, and claims, the runs that they mean to send today and nobody has sent.

    A member is the author of runs, and who Kaggle says has sent a submission; where it does not, the author of its run.
    """
    author_of = {row["run"]: row["author"] or UNKNOWN for row in team_runs}
    sender = {entry.ref: entry.by or author_of.get(entry.run or "", UNKNOWN) for entry in entries}
    names = dict.fromkeys([*author_of.values(), *sender.values(), *claims.values()])
    sign = metrics.find(competition).sign
    sent = {entry.run for entry in entries if is_of_today(entry)}
    members = [
        _describe(
            name,
            [row for row in team_runs if author_of[row["run"]] == name],
            [entry for entry in entries if sender[entry.ref] == name],
            sign,
        )
        | {"claims": [run for run, holder in claims.items() if holder == name and run not in sent]}
        for name in names
    ]
    return sorted(members, key=lambda row: (row["best"] is None, -sign * (row["best"] or 0.0)))


def _describe(name: str, own: Sequence[Row], sent: Sequence[Entry], sign: int) -> Row:
    best = max((row for row in own if row["score"] is not None), key=lambda row: sign * row["score"], default=None)
    public = [sign * entry.public for entry in sent if entry.public is not None]
    return {
        "member": name,
        "runs": len(own),
        "shared": sum(row["shared"] for row in own),
        "best": best and best["score"],
        "error": best and best["error"],
        "best_run": best and best["run"],
        "sent": len(sent),
        "sent_today": [entry.run or entry.message for entry in sent if is_of_today(entry)],
        "best_public": sign * max(public) if public else None,
    }


def is_of_today(entry: Entry) -> bool:
    """Whether it was sent on this day, UTC, by which Kaggle counts."""
    return entry.when[:10] == f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"


def list_untried(competition: Competition, team_runs: Sequence[Row]) -> list[str]:
    """What nobody has a finished run of: the competition's own runs, as `recipe backbone`, then recipes that fit its data."""
    tried = {(row["recipe"], row["backbone"]) for row in team_runs}
    own = [resolve_settings(competition, variant, {}, ())[0] for variant in competition.runs]
    declared = [f"{one.recipe} {one.backbone}" for one in own if (one.recipe, one.backbone) not in tried]
    used = {recipe for recipe, _ in tried} | {text.split()[0] for text in declared}
    reads = {"images": competition.has_images, "table": bool(competition.table.columns)}
    fitting = [name for name, recipe in recipes.available(competition).items() if reads[recipe.reads]]
    return list(dict.fromkeys([*declared, *(name for name in fitting if name not in used)]))
