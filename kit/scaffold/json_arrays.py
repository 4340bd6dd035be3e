"""JSON files whose records hold images as lists of numbers."""

import math
from dataclasses import dataclass
from itertools import islice

from kit.data.json_tables import decode_records
from kit.scaffold.members import Members
from kit.scaffold.pixels import FEWEST

LOOKED_AT = 20  # records


@dataclass(frozen=True)
class JsonArrays:
    """train, test: the files below raw/. fields: those that hold a channel each. shape: of an image."""

    train: str
    test: str
    fields: tuple[str, ...]
    shape: tuple[int, int, int]


def find_json_arrays(members: Members) -> JsonArrays | None:
    """Files called train and test of which each record has lists of as many numbers as a square has pixels; else None."""
    train, test = (_find_file(members, part) for part in ("train", "test"))
    if not train or not test:
        return None
    records = _read_first(members, train)
    lengths = [{name: len(value) for name, value in one.items() if isinstance(value, list)} for one in records]
    if not lengths or any(one != lengths[0] for one in lengths) or len(set(lengths[0].values())) != 1:
        return None
    pixels = next(iter(lengths[0].values()))
    side = math.isqrt(pixels)
    return (
        JsonArrays(train, test, tuple(lengths[0]), (side, side, len(lengths[0])))
        if side**2 == pixels >= FEWEST
        else None
    )


def _find_file(members: Members, part: str) -> str | None:
    named = [path for path in members.files if path.lower().endswith(".json") and path.lower().startswith(part)]
    return min(named, key=len, default=None)


def _read_first(members: Members, path: str) -> list[dict[str, object]]:
    with members.files[path]() as raw:
        text = raw.read().decode("utf-8-sig", "replace")
    try:
        return list(islice(decode_records(text), LOOKED_AT))
    except ValueError:
        return []
