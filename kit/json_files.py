"""JSON as the kit writes and reads it: strict, bounded, and of a form that says its version."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kit.errors import DataError, NewerVersionError
from kit.files import write_text

MAX_DEPTH = 50  # of lists and objects in each other
MAX_DIGITS = 20  # of a whole number


def write_json(target: Path, value: Any) -> None:
    write_text(target, to_json(value) + "\n")


def to_json(value: Any) -> str:
    """Indented; nan and infinity, which JSON has not, become null."""
    return json.dumps(_null_unless_finite(value), indent=2, ensure_ascii=False, allow_nan=False)


def _null_unless_finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _null_unless_finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_null_unless_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: Path, version: int = 1) -> Any:
    """Raises DataError for a missing or damaged file, and for one of a newer form than `version`: its field "format" says so;
    without that field it is of version 1.
    """
    try:
        return check_version(parse_json(path.read_bytes()), path, version)
    except FileNotFoundError:
        raise DataError(f"no file {path}") from None
    except (ValueError, OSError) as error:
        raise DataError(
            f"{path} is damaged", received=error, expected="JSON", do="remove it and repeat the step that wrote it"
        ) from None


def check_version(value: Any, what: object, version: int) -> Any:
    """The value itself. Raises DataError if it says to be of a newer form than `version`."""
    written = value.get("format", 1) if isinstance(value, dict) else 1
    if type(written) is not int or written > version:
        raise NewerVersionError(
            f"{what} was written by a newer version of the kit",
            received=f"format {ascii(written)[:20]}",
            expected=f"at most {version}",
            do="update the kit here",
        )
    return value


def parse_json(text: bytes) -> Any:
    """Raises ValueError for what is no JSON in UTF-8, and for what could not be worked with: a number that is infinite or has
    very many digits, a key that comes twice, and nesting that is deeper than MAX_DEPTH.
    """
    try:
        value = json.loads(
            text.decode(), parse_int=_whole, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_unique
        )
    except RecursionError:
        raise ValueError("too deeply nested") from None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for one in level if isinstance(one, (dict, list)) for child in _children(one)]
        if not level:
            return value
    raise ValueError("too deeply nested")


def _children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"the number {text[:20]}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key that comes twice")
    return made
