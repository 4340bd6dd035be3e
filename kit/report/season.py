"""report.html of a competition: what to do next, what was tried over time, what was sent and what Kaggle said, and the data."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit import paths
from kit.competition import Competition
from kit.data import cache
from kit.files import write_text
from kit.report import page, season_runs
from kit.report.render import html
from kit.report.season_runs import Season
from kit.report.sections import (
    after_the_end,
    next_step,
    scores_over_time,
    season_data,
    shift,
    submissions_sent,
    team,
)
from kit.targets import count_columns


def write(competition: Competition, left: int | None = None, claims: Mapping[str, str] | None = None) -> Path:
    """Writes report.html into the competition's data folder. Nothing is asked of Kaggle.

    left: how many submissions are left today. claims: by run, who means to send it today. None: that is not known.
    """
    about = replace(season_runs.read(competition), claims=claims)
    ended = any(one.private is not None for one in about.sent)
    first = page.make_section("next", "Next", lambda about: next_step.section(about, left), about)
    others = [page.make_section(name, title, make, about) for name, title, make in SECTIONS if ended or name != "end"]
    chips = [competition.slug, competition.metric, count_columns(competition.target)]
    target = paths.data(competition.slug).root / "report.html"
    footer = f"kit report {competition.slug}"
    write_text(target, html.page(competition.title, "Competition", chips, [first, *others], footer))
    return target


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
    return team.section(about.competition, about.sent, about.claims)


def _end(about: Season) -> str:
    return after_the_end.section(about.competition, about.sent)


def _shift(about: Season) -> str:
    return shift.section(cache.load(about.competition, paths.data(about.competition.slug)))


SECTIONS: tuple[tuple[str, str, Callable[[Season], str]], ...] = (
    ("summary", "Summary", _summary),
    ("scores", "Scores over time", scores_over_time.section),
    ("submissions", "Submissions", _submissions),
    ("end", "After the end", _end),
    ("team", "Team", _team),
    ("runs", "Runs", _table),
    ("data", "Data", season_data.section),
    ("shift", "Train and test", _shift),
)
