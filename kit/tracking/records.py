"""What MLflow gets of a run, read off its files: parameters, curves, numbers, tags and pictures."""

import csv
import datetime
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.files import sha256
from kit.json_files import read_json
from kit.runs import Run
from kit.runs.scores import read_environment, read_scores

SHOWN = ("*.json", "*.html", "*.png")  # files of a run's folder that a browser can show
NOT_ALLOWED = re.compile(r"[^\w./ -]")  # in MLflow's names


@dataclass(frozen=True)
class Point:
    """One value of a curve. when: milliseconds since 1970; the same each time, so that a repeated export adds nothing."""

    key: str
    value: float
    step: int
    when: int


@dataclass(frozen=True)
class Records:
    """started, ended: milliseconds since 1970. files: what a browser can show of the run's folder."""

    params: dict[str, str]
    points: list[Point]
    tags: dict[str, str]
    files: list[Path]
    started: int
    ended: int


def read_records(run: Run) -> Records:
    """Of a finished run. Raises DataError for damaged files."""
    stored, scored = read_json(run.folder / "config.json"), read_scores(run)
    started = round(datetime.datetime.fromisoformat(run.created).timestamp() * 1000)
    points, ended = _curves(run, started)
    values = dict(_numbers(scored)) | _member_numbers(run, scored)
    points += [Point(NOT_ALLOWED.sub("_", key), value, 0, ended) for key, value in values.items()]
    params = {key: _text(value) for key, value in stored["config"].items()}
    return Records(params, points, _tags(run, scored, stored["origin"]), _files(run), started, ended)


def fingerprint(run: Run) -> str:
    """sha256 of the records; of pictures, pages and predictions, which may be large, only of their sizes."""
    digest = hashlib.sha256()
    for file in (*_files(run), *_histories(run), *_predictions(run)):
        small = file.suffix in (".json", ".csv")
        digest.update(f"{file.relative_to(run.folder)} {file.stat().st_size}\0".encode())
        digest.update(file.read_bytes() if small else b"")
    return digest.hexdigest()


def _files(run: Run) -> list[Path]:
    return sorted(file for pattern in SHOWN for file in run.folder.glob(pattern))


def _predictions(run: Run) -> list[Path]:
    return [file for file in (run.oof, run.test) if file.exists()]


def _histories(run: Run) -> list[Path]:
    return sorted(run.folder.glob("fold-*/history.csv"))


def _curves(run: Run, started: int) -> tuple[list[Point], int]:
    """Each member's history.csv as curves named fold-0/loss and so on, and the time when the last one ended. Members are taken
    to have been trained one after the other.
    """
    points, clock = [], float(started)
    for file in _histories(run):
        for row in csv.DictReader(file.read_text().splitlines()):
            clock += 1000 * float(row.get("seconds") or 0)
            step = int(row.pop("epoch"))
            points += [
                Point(f"{file.parent.name}/{key}", float(value), step, round(clock))
                for key, value in row.items()
                if value
            ]
    return points, round(clock)


def _numbers(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    """Every finite number of metrics.json outside lists: score, error, optimistic_score, gain_over_best_part/gain ..."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{before}{key}/")
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            yield before + key, float(value)


def _member_numbers(run: Run, scored: Mapping[str, Any]) -> dict[str, float]:
    """fold-0/score and so on of a training."""
    return {
        f"{run.member(member['fold'], member.get('seed', 0)).name}/{key}": float(member[key])
        for member in scored.get("members", [])
        for key in ("score", "error")
        if math.isfinite(member[key])  # AUC of a fold without a positive is nan
    }


def _tags(run: Run, scored: Mapping[str, Any], origin: Mapping[str, str]) -> dict[str, str]:
    """What a run is known and found by; tags of the environment are those of environment.json that are one word."""
    environment = read_environment(run)
    simple = {key: str(value) for key, value in environment.items() if isinstance(value, (str, int))}
    tags = {
        "run": run.id,
        "kind": run.kind,
        "metric": scored["metric"],
        "parents": ", ".join(run.parents),
        "origin": json.dumps(origin),
        **{f"{file.stem}_sha256": sha256(file) for file in _predictions(run)},
        "version": simple.pop("kit", ""),
        **simple,
    }
    named = {f"kit.{key}": value for key, value in tags.items() if value}
    commit = {"mlflow.source.git.commit": simple["git_commit"]} if "git_commit" in simple else {}
    return {"mlflow.source.name": f"kit {run.kind}", "mlflow.source.type": "LOCAL", **commit, **named}


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
