"""report.html: one self-contained page about a run."""

import base64
import csv
import html
from pathlib import Path
from typing import Any

import numpy as np

from kit import places, predictions
from kit.competition import Competition
from kit.data import cache
from kit.files import read_json, write_text
from kit.report import pictures
from kit.runs import Run

STYLE = (
    "body{font:15px sans-serif;max-width:70em;margin:2em auto;padding:0 1em}td,th{padding:.2em .8em;text-align:left}"
)


def write(run: Run, competition: Competition) -> Path:
    """Writes report.html into the run's folder. Raises DataError for a run that is not finished."""
    metrics = read_json(run.metrics)
    data = cache.load(competition, places.data(competition.slug))
    oof = predictions.load(run.oof)
    labels = cache.labels_of(data.train, oof.ids)
    reliability, calibration_error = pictures.reliability(labels, oof.probabilities)
    sections = [
        f"<h1>{html.escape(run.id)}</h1>",
        f"<p>{html.escape(competition.title)}. All figures are out of fold: on images that the member never saw.</p>",
        _summary(metrics),
        _table(metrics.get("parts") or metrics.get("members") or []),
        _curves(run),
        "<h2>Confusions</h2>" + _image(pictures.confusion(labels, oof.probabilities, competition.classes)),
        f"<h2>Confidence against accuracy</h2><p>expected calibration error {calibration_error:.4f}</p>"
        + _image(reliability),
        _mistakes(data, oof, labels, competition),
        "<h2>Settings</h2>" + _settings(run),
    ]
    page = f"<!doctype html><meta charset=utf-8><title>{html.escape(run.id)}</title><style>{STYLE}</style>" + "\n".join(
        sections
    )
    target = run.folder / "report.html"
    write_text(target, page)
    return target


def _summary(metrics: dict[str, Any]) -> str:
    score = f"<b>{metrics['metric']} {metrics['score']:.5f}</b> ± {metrics['error']:.5f}"
    line = f"<p>{score} (standard error, {metrics['rows']} rows)"
    if alone := metrics.get("one_seed"):
        line += f"; one seed alone {alone['mean']:.5f}, standard deviation {alone['deviation']:.5f} over "
        line += f"{len(alone['scores'])} seeds"
    if "optimistic_score" in metrics:
        line += (
            f"; judged where the weights were fitted it would be {metrics['optimistic_score']:.5f}, which is too good"
        )
    return line + "</p>"


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{html.escape(key)}</th>" for key in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else html.escape(str(value))


def _image(png: bytes) -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _curves(run: Run) -> str:
    histories = {}
    for file in sorted(run.folder.glob("fold-*/history.csv")):
        with open(file, newline="") as handle:
            histories[file.parent.name] = [
                {key: float(value) for key, value in row.items()} for row in csv.DictReader(handle)
            ]
    if not any("loss" in records[0] for records in histories.values()):
        return ""
    return "<h2>Learning curves</h2><p>Dashed: the rows that decide when to stop.</p>" + _image(
        pictures.curves(histories)
    )


def _mistakes(data: cache.Dataset, oof: predictions.Predictions, labels: np.ndarray, competition: Competition) -> str:
    row_of = {name: row for row, name in enumerate(data.train.ids.tolist())}
    wrong = np.flatnonzero(oof.probabilities.argmax(1) != labels)  # so that only their pixels are read
    rows = np.array([row_of[name] for name in oof.ids[wrong].tolist()], dtype=int)
    picture = pictures.mistakes(
        data.train.images[rows], oof.ids[wrong], labels[wrong], oof.probabilities[wrong], competition.classes
    )
    return f"<h2>Worst mistakes ({len(wrong)} in all)</h2>" + (_image(picture) if picture else "<p>none</p>")


def _settings(run: Run) -> str:
    record = read_json(run.folder / "config.json")
    rows = [
        {"setting": key, "value": value, "from": record["origin"].get(key, "")}
        for key, value in record["config"].items()
    ]
    return _table(rows)
