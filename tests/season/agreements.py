"""What the team agrees on through its store: who sends which run today, and what is said of a run."""

import json
from pathlib import Path

from tests.season.season import Season
from tests.season.world import SLUG

REFUSED, CLAIMED = 2, 3  # exit codes


def claim_at_once(season: Season) -> None:
    """All three claim one run in the same second; one has it, and the others are told who."""
    run, store = season.runs["long"], str(season.store)
    started = [(one, one.start("team", SLUG, "--store", store, "--claim", run)) for one in season.members]
    done = {one.name: one.finish(process) for one, process in started}
    [file] = (season.store / run).glob("claim-*")
    holder = json.loads(file.read_text())["author"]
    codes = {name: one.returncode for name, one in done.items()}
    season.claims.equal(
        "three claim one run at once: exit codes", codes, {name: CLAIMED * (name != holder) for name in codes}
    )
    others = [name for name in codes if name != holder]
    told = [f"is claimed for today; received by {holder};" in _on_one_line(done[name].stderr) for name in others]
    season.claims.equal("... the others are told by whom", told, [True, True])
    cyd = season.members[2]
    rows = {row["member"]: row["claims"] for row in cyd.read("team", SLUG, "--store", store)["members"]}
    season.claims.equal(
        "... the team's table has it", {name: rows[name] == [run] for name in codes}, _is(holder, codes)
    )
    page = Path(cyd.succeed("report", SLUG, "--store", store).strip()).read_text()
    section = page.partition('<section id="team">')[2].partition("</section>")[0]
    found = {row.partition("<td")[2].partition(">")[2].partition("<")[0]: row for row in section.split("<tr")}
    season.claims.equal(
        "... and the page", {name: f">{run}</td></tr>" in _tight(found[name]) for name in codes}, _is(holder, codes)
    )
    next(one for one in season.members if one.name == holder).succeed("team", SLUG, "--store", store, "--release", run)
    season.claims.equal("... until it is given back", len(list(season.store.rglob("claim-*"))), 0)


def _is(holder: str, names: dict[str, int]) -> dict[str, bool]:
    return {name: name == holder for name in names}


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _tight(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def refuse_before_claiming(season: Season) -> None:
    """A run that was sent before is refused for that, and nobody has claimed it then."""
    done = season.members[1].run("submit", SLUG, season.runs["base"], "--send", "--store", str(season.store))
    season.claims.holds("what was sent before is refused for that", done, done.returncode == REFUSED)
    season.claims.equal("... and leaves no claim", len(list(season.store.rglob("claim-*"))), 0)


def tag(season: Season) -> None:
    """Ann says something of a run that is in the store already; Bob finds it there, and here with the next pull."""
    ann, bob, _ = season.members
    run, store = season.runs["base"], str(season.store)
    ann.succeed("runs", "note", run, "the plain one", "--tag", "final", "--tag", "plain")
    ann.succeed("runs", "push", run, "--store", store)
    there = json.loads((season.store / run / "manifest.json").read_text())["about"]
    found = {
        row["run"]: (row["note"], row["tags"]) for row in bob.read("runs", "remote", "--store", store, "--tag", "final")
    }
    season.claims.equal("a tag finds its run in the store", found, {run: (there["note"], there["tags"])})
    bob.succeed("runs", "pull", "--store", store, run)
    here = [row["run"] for row in bob.read("runs", "list", SLUG, "--tag", "plain", "--tag", "final")]
    season.claims.equal("... and after a pull at Bob's", here, [run])


SCENES = (claim_at_once, refuse_before_claiming, tag)
