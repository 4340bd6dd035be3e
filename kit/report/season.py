"""report.html of a competition: what was tried over time, what was sent and what Kaggle said, and the data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from kit import metrics, paths, runs
from kit.competition import Competition
from kit.data import cache, holdout
from kit.data.cache import CachedSplit
from kit.files import read_json, write_text
from kit.leaderboard import ledger
from kit.leaderboard.ledger import Entry
from kit.report import page
from kit.report.render import charts, html, images
from kit.report.render.charts import Axes, Dot, Line
from kit.report.render.html import Card
from kit.report.sections import after_the_end, columns, shift, submissions_sent, team
from kit.runs.scores import read_scores
from kit.targets import Target, count_columns

MAX_SAMPLES = 24  # images
FAR = 4  # times the median distance from the best score: what is further away is not drawn


@dataclass(frozen=True)
class RunSummary:
    """A run. score, error, rows: None until it is finished. created: seconds since 1970, UTC."""

    id: str
    kind: str
    made_of: str
    members: str
    status: str
    created: float
    stamp: str
    score: float | None
    error: float | None
    rows: int | None


@dataclass(frozen=True)
class Season:
    """runs, sent: oldest first."""

    competition: Competition
    runs: list[RunSummary]
    sent: list[Entry]

    @property
    def finished(self) -> list[RunSummary]:
        return [one for one in self.runs if one.score is not None]

    @property
    def greater(self) -> bool:
        return metrics.find(self.competition).greater_is_better

    @property
    def best(self) -> RunSummary | None:
        sign = 1 if self.greater else -1
        return max(self.finished, key=lambda one: sign * (one.score or 0.0), default=None)


def write(competition: Competition) -> Path:
    """Writes report.html into the competition's data folder. Nothing is asked of Kaggle."""
    tried = sorted(map(_summarize_run, runs.list_runs(competition.slug)), key=lambda one: one.created)
    about = Season(competition, tried, ledger.read_cached(competition.slug))
    ended = any(one.private is not None for one in about.sent)
    sections = [page.make_section(name, title, make, about) for name, title, make in SECTIONS if ended or name != "end"]
    chips = [competition.slug, competition.metric, count_columns(competition.target)]
    target = paths.data(competition.slug).root / "report.html"
    write_text(target, html.page(competition.title, "Competition", chips, sections, f"kit report {competition.slug}"))
    return target


def _summarize_run(run: runs.Run) -> RunSummary:
    config, status, stamp = run.config, run.status(), run.created
    scores = read_scores(run) if status == "finished" else {}
    made_of = f"{config.recipe} {config.backbone}" if run.has_models else config.backbone
    members = f"{config.folds} x {config.seeds}" if run.has_models else ""
    when = datetime.fromisoformat(stamp).timestamp()
    score = (scores.get("score"), scores.get("error"), scores.get("rows"))
    return RunSummary(run.id, run.kind, made_of, members, status, when, html.when(stamp), *score)


def _summary(about: Season) -> str:
    best, public = about.best, [one.public for one in about.sent if one.public is not None]
    cards = []
    if best is not None:
        cards.append(("best out of fold", f"{best.score:.5f}", f"± {best.error:.5f}"))
    cards.append(("runs", str(len(about.runs)), f"{len(about.finished)} finished"))
    cards.append(("submissions", str(len(about.sent)), "known here"))
    if public:
        cards.append(("best public", f"{(max if about.greater else min)(public):.5f}", ""))
    words = "" if best is None else f"The best run is {best.id}. The best of many is a little flattered by luck."
    return html.cards(cards) + html.paragraph(words)


def _scores(about: Season) -> str:
    """Score by time with standard errors, and the best so far."""
    if about.best is None:
        return html.empty_note("no run is finished yet: kit train")
    best = about.best.score or 0.0
    away = [abs((one.score or 0.0) - best) for one in about.finished]
    limit = FAR * float(np.median(away)) or float("inf")
    near = [one for one, far in zip(about.finished, away, strict=True) if far <= limit]
    kinds = list(dict.fromkeys(one.kind for one in near))  # each has its colour
    dots = [
        Dot(
            one.created,
            one.score or 0.0,
            f"{one.id}: {one.score:.5f} ± {one.error:.5f}",
            kinds.index(one.kind),
            y_error=one.error or 0.0,
        )
        for one in near
    ]
    left_out = len(away) - len(near)
    words = "Out of fold, with standard errors; the line is the best so far." + (
        f" Not drawn: {left_out} further than {limit:.2g} behind the best." if left_out else ""
    )
    keys = [(kind, number) for number, kind in enumerate(kinds)]
    return html.paragraph(words) + _draw_scores(dots, about) + charts.legend(keys)


def _draw_scores(dots: list[Dot], about: Season) -> str:
    first, last = dots[0].x, max(dots[-1].x, dots[0].x + 3600)
    margin = (last - first) * 0.03
    ends = [one.y + sign * one.y_error for one in dots for sign in (-1, 1)]
    better = max if about.greater else min
    steps: list[charts.Point] = []
    for one in dots:
        reached = better(one.y, steps[-1][1]) if steps else one.y
        steps += [(one.x, steps[-1][1])] if steps else []
        steps.append((one.x, reached))
    steps.append((last, steps[-1][1]))
    axes = Axes(
        (first - margin, last + margin),
        charts.span(ends),
        about.competition.metric,
        "UTC",
        x_text=lambda value: _clock(value, last - first),
        x_ticks=np.linspace(first, last, 3).tolist(),
        size=(460, 290),
    )
    inside = charts.path(axes, Line("", steps, 7, faint=True)) + "".join(charts.dot(axes, one) for one in dots)
    return f'<figure class="big">{charts.frame(axes, inside)}</figure>'


def _clock(value: float, range_s: float) -> str:
    stamp = datetime.fromtimestamp(value, tz=UTC).isoformat(" ")
    return stamp[5:10] if range_s > 4 * 86400 else stamp[5:16]


def _table(about: Season) -> str:
    rows: list[dict[str, Any]] = [
        {
            "run": one.id,
            "kind": one.kind if one.score is not None else f"{one.kind}, {one.status}",
            "of": one.made_of,
            "folds x seeds": one.members,
            about.competition.metric: one.score,
            "±": one.error,
            "rows": one.rows,
            "created": one.stamp,
        }
        for one in reversed(about.runs)
    ]
    return html.table(rows, tall=True)


def _submissions(about: Season) -> str:
    return submissions_sent.section(about.competition, about.sent)


def _team(about: Season) -> str:
    return team.section(about.competition, about.sent)


def _end(about: Season) -> str:
    return after_the_end.section(about.competition, about.sent)


def _data(about: Season) -> str:
    """Counts, balance, and an image of each class, or of each sort of labels that folds deal out."""
    folders, target = paths.data(about.competition.slug), about.competition.target
    data, check = cache.load(about.competition, folders), read_json(folders.cache / "check.json")
    counts = target.describe(data.train.labels)
    balance = f"{min(counts.values()):,} to {max(counts.values()):,} of a {target.counted}"
    named = f"{about.competition.row_name}s"
    own = ~holdout.is_held_out(data.test.ids)  # held-out training images lie among them
    cards = [
        (f"training {named}", f"{len(data.train.ids):,}", balance),
        (f"test {named}", f"{own.sum():,}", f"{int((own & ~data.test.readable).sum())} unreadable"),
        *_pixels(about.competition),
        ("identical", f"{check['train']['duplicates']:,}", "within train"),
        ("exact duplicates", f"{check['twins']:,}", "across train and test"),
    ]
    table = [{target.counted: name, f"training {named}": number} for name, number in counts.items()]
    listed = "" if target.exclusive else html.table(table, tall=len(table) > 20)
    samples = images.grid(_draw_samples(data.train, target, counts), 6) if about.competition.has_images else ""
    return html.cards(cards) + listed + samples + columns.section(about.competition, data)


def _pixels(competition: Competition) -> list[Card]:
    height, width, channels = competition.image_shape
    seen = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    return [("pixels", f"{height} x {width}", seen)] if channels else []


def _draw_samples(train: CachedSplit, target: Target, counts: dict[str, int]) -> list[str]:
    """A tile per stratum: per class, with its number of images, where rows are of one."""
    strata, tiles = target.strata(train.labels), []
    for stratum in np.unique(strata)[:MAX_SAMPLES]:
        row = np.random.default_rng(0).choice(np.flatnonzero(strata == stratum))
        [name] = target.caption(train.labels[[row]])
        number = f"<br>{counts[name]:,}" if target.exclusive else ""
        tiles.append(images.tile(train.images[row], f"<b>{html.text(name)}</b>{number}", name))
    return tiles


def _shift(about: Season) -> str:
    return shift.section(cache.load(about.competition, paths.data(about.competition.slug)))


SECTIONS: tuple[tuple[str, str, Callable[[Season], str]], ...] = (
    ("summary", "Summary", _summary),
    ("scores", "Scores over time", _scores),
    ("submissions", "Submissions", _submissions),
    ("end", "After the end", _end),
    ("team", "Team", _team),
    ("runs", "Runs", _table),
    ("data", "Data", _data),
    ("shift", "Train and test", _shift),
)
