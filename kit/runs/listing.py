"""Runs as rows: what can be filtered, sorted and shown of them, their settings among it."""

import operator
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kit.config import FIELDS, convert
from kit.errors import ConfigError, DataError, nearest
from kit.json_files import read_json
from kit.runs import Run
from kit.runs.notes import read_note, read_tags
from kit.runs.run import FAILURE
from kit.runs.scores import read_scores

COLUMNS = ("run", "kind", "status", "created", "folds", "seeds", "metric", "score", "error")
NUMBERS = ("score", "error", "rows")
KEYS = dict.fromkeys((*COLUMNS, "rows", "slug", "author", *FIELDS))  # what a row holds that people can ask for
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
Row = dict[str, Any]


def record(run: Run) -> Row:
    """One row: every setting; run, slug, kind, status, created, author, parents, archived, tags, note; and metric, score, error
    and rows, None for each until it is finished.
    """
    status = run.status()
    metrics = read_scores(run) if status == "finished" else {}
    return {
        **{name: getattr(run.config, name) for name in FIELDS},
        **{name: getattr(run, name) for name in ("slug", "kind", "created", "author")},
        **{name: metrics.get(name) for name in ("metric", *NUMBERS)},
        "run": run.id,
        "status": status,
        "parents": list(run.parents),
        "archived": run.archive_mark.exists(),
        "tags": read_tags(run),
        "note": "; ".join(filter(None, (run.note, read_note(run), _read_failure(run) if status == "failed" else ""))),
    }


def _read_failure(run: Run) -> str:
    """Why it failed: the line of the first member that did."""
    with suppress(DataError, AttributeError):  # that file says nothing, then
        return next((str(read_json(file).get("error")) for file in sorted(run.folder.glob(f"fold-*/{FAILURE}"))), "")
    return ""


def summary(run: Run) -> Row:
    """Of a finished run: its id as run, metric, score, standard error as error, and judged rows. Raises DataError."""
    metrics = read_scores(run)
    return {"run": run.id, **{key: metrics[key] for key in ("metric", "score", "error", "rows")}}


def check_key(key: str) -> str:
    """The key itself. Raises ConfigError for what is no column and no setting."""
    if key not in KEYS:
        raise ConfigError(f"runs have no {key!r}", do=nearest(key, KEYS))
    return key


def condition(text: str) -> Callable[[Row], bool]:
    """Whether `key=value` holds of a row; also !=, <, >, <=, >=. What is not known yet, as the score of an unfinished run, is
    no value, and only != holds of it. Raises ConfigError.
    """
    parts = re.fullmatch(r"\s*([\w-]+)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*", text)
    if not parts:
        raise ConfigError(
            f"--where {text!r} is no condition", expected="key=value, such as recipe=finetune or 'score>0.99'"
        )
    key, sign, value = check_key(parts[1]), parts[2], _value(parts[1], parts[3])

    def holds(row: Row) -> bool:
        return sign == "!=" if row[key] is None else OPERATORS[sign](row[key], value)

    return holds


def _value(key: str, text: str) -> Any:
    if key in FIELDS:
        return convert(key, text)
    if key not in NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"--where {key} wants a number", received=repr(text)) from None


def sort_rows(rows: list[Row], key: str, competitions: Sequence[Path] = ()) -> list[Row]:
    """By that column or setting, from the least, or with -key from the greatest; what has none comes last. Scores come best
    first, competition by competition; competitions: further folders of them, whose metrics may be their own.
    """
    name = check_key(key.removeprefix("-"))
    sign = -1 if key != name else 1
    have = [row for row in rows if row[name] is not None]
    if name == "score":
        better = {(row["slug"], row["metric"]): _direction(row, competitions) for row in have}
        have.sort(key=lambda row: (row["slug"], -sign * better[row["slug"], row["metric"]] * row["score"]))
    else:
        have.sort(key=lambda row: row[name], reverse=sign < 0)
    return have + [row for row in rows if row[name] is None]


def _direction(row: Row, competitions: Sequence[Path]) -> int:
    """1 where greater scores are better, else -1; a metric that is not known here is taken for one of those."""
    from kit import metrics, plugins

    with suppress(DataError):
        return metrics.metric(row["metric"]).sign
    try:
        return metrics.available(plugins.load(row["slug"], competitions))[row["metric"]].sign
    except (DataError, KeyError):
        return 1
