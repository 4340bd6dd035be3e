"""How a run was made and what came out: summary, learning curves, settings."""

from typing import Any

import numpy as np

from kit.json_files import read_json
from kit.report.render import charts, html
from kit.report.render.charts import Line
from kit.report.sections import by_kind
from kit.report.subject import Subject
from kit.runs import Run
from kit.runs.history import read_history
from kit.runs.scores import Scores, read_environment


def summary(subject: Subject) -> str:
    scores = subject.metrics
    cards = [(f"{scores['metric']}, out of fold", f"{scores['score']:.5f}", f"± {scores['error']:.5f}")]
    if subject.whole:
        cards += by_kind.CARDS[subject.competition.target.kind](subject)
    if seconds := _seconds(subject.run):
        cards.append(("training", _duration(seconds), ""))
    return (
        html.paragraph(
            f"Every figure is out of fold: each {subject.competition.row_name} is judged by a member that never saw it. ± is "
            "the standard error over the judged rows; two scores less than twice that apart are not told apart."
        )
        + html.cards(cards)
        + _honesty(scores)
        + _members(scores)
    )


def _honesty(scores: Scores) -> str:
    lines = []
    if alone := scores.get("one_seed"):
        lines.append(
            f"The score of one seed alone is {alone['mean']:.5f}, with a standard deviation of {alone['deviation']:.5f} over "
            f"{len(alone['scores'])} seeds."
        )
    if gained := scores.get("gain_over_best_part"):
        lines.append(f"Gain over the best run in it: {gained['gain']:+.5f} ± {gained['error']:.5f}, on the same rows.")
    if "optimistic_score" in scores:
        lines.append(
            f"In sample, on the rows that it was fitted on, it would be {scores['optimistic_score']:.5f}: no honest estimate."
        )
    return "".join(html.paragraph(line) for line in lines)


def _members(scores: Scores) -> str:
    rows = [
        {"fold": row["fold"], "seed": row.get("seed", 0), "score": row["score"], "±": row["error"], "rows": row["rows"]}
        for row in scores.get("members", [])
    ]
    return "<h3>Members</h3>" + html.table(rows, tall=len(rows) > 12) if len(rows) > 1 else ""


def histories(run: Run) -> dict[str, list[dict[str, float]]]:
    """Of each member that was trained in epochs, a record per epoch."""
    scores = {}
    for file in sorted(run.folder.glob("fold-*/history.csv")):
        scores[file.parent.name.replace("-", " ")] = read_history(file)
    return scores


def curves(subject: Subject) -> str:
    """Loss and accuracy by epoch, a line per member; dashed: on the rows that decide when to stop."""
    members = {name: rows for name, rows in histories(subject.run).items() if any("loss" in row for row in rows)}
    if not members:
        return ""
    pictures, stopping = [], any("stopping_loss" in row for rows in members.values() for row in rows)
    for name in ("loss", "accuracy"):
        series = []
        for number, rows in enumerate(members.values()):
            for key, dashed in ((name, False), (f"stopping_{name}", True)):
                points = [(row["epoch"], row[key]) for row in rows if np.isfinite(row.get(key, np.nan))]
                if points:
                    series.append(Line(key, points, number, dashed, faint=stopping and not dashed))
        if series:
            pictures.append(charts.lines(name, "epoch", series))
    augmented = ", augmented" if subject.competition.has_images else ""
    words = f"On the {subject.competition.rows_name} it learns from{augmented}" + (
        "; dashed: on the rows set aside to decide when to stop." if stopping else "."
    )
    keys = [(name, number) for number, name in enumerate(members)]
    return html.paragraph(words) + html.pair(pictures) + charts.legend(keys)


def settings(subject: Subject) -> str:
    record = read_json(subject.run.folder / "config.json")
    rows = [
        {"setting": key, "value": _plain(value), "from": record["origin"].get(key, "")}
        for key, value in record["config"].items()
    ]
    chosen = [row for row in rows if row["from"] not in ("default", "")]
    environment = read_environment(subject.run)
    flat = [{"what": key, "value": _plain(value)} for key, value in environment.items()]
    every = f"<details><summary>all {len(rows)} settings</summary>{html.table(rows, tall=True)}</details>"
    ours = [f"<h3>Not left at its default</h3>{html.table(chosen)}"] if chosen else []
    return html.lay_side_by_side([*ours, f"<h3>Environment</h3>{html.table(flat)}"]) + every


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _seconds(run: Run) -> float:
    """Of all members together; 0 if that is not recorded."""
    return sum(row.get("seconds", 0.0) for rows in histories(run).values() for row in rows)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return (
        f"{minutes // 60} h {minutes % 60} min"
        if minutes >= 60
        else f"{minutes} min"
        if minutes
        else f"{seconds:.0f} s"
    )
