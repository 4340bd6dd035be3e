"""JSON files as tables, all values as text: a list of records, or images with annotations, in the form of COCO's."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Row = dict[str, str]
BETWEEN = re.compile(r"[\s,]*")  # records of a list
FORM = "a list of records, or images with annotations"


def read_rows(text: str) -> Iterator[Row]:
    """A row for each record of a list; for each annotation, together with what is known of its image; without annotations, for
    each image. Columns are the fields of the first row that hold one value: id of an image is called image_id.

    A list is decoded record by record, since records may hold images. Raises ValueError for text that is neither.
    """
    found = decode_records(text) if text.lstrip().startswith("[") else _join(_decode(text.strip(), json.loads))
    columns: tuple[str, ...] = ()
    for record in found:
        if not isinstance(record, Mapping):
            raise ValueError(f"a list of {type(record).__name__}, not of records")
        columns = columns or tuple(name for name, value in record.items() if not isinstance(value, list | dict))
        yield {name: _write(record.get(name)) for name in columns}


def decode_records(text: str) -> Iterator[Any]:
    """The records of a list, one at a time. Raises ValueError where the text is no list, or damaged."""
    decoder, place = json.JSONDecoder(), text.find("[") + 1
    if text[:place].strip() != "[":
        raise ValueError("no list")
    while (place := _skip(text, place)) < len(text) and text[place] != "]":
        record, place = _decode(text, decoder.raw_decode, place)
        yield record
    if text[place:].strip() != "]":
        raise ValueError("a list without an end")


def _decode(text: str, decode: Callable[..., Any], *where: int) -> Any:
    try:
        return decode(text, *where)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _skip(text: str, place: int) -> int:
    return BETWEEN.match(text, place).end()  # type: ignore[union-attr]


def _join(content: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(content, Mapping) or "images" not in content:
        raise ValueError("neither")
    images = {}
    for image in _records(content, "images"):
        name = image["image_id"] if "image_id" in image else image["id"]
        images[name] = {"image_id": name} | {field: value for field, value in image.items() if field != "id"}
    if "annotations" not in content:
        yield from images.values()
    for annotation in _records(content, "annotations"):
        told = {field: value for field, value in annotation.items() if field not in ("id", "image_id")}
        yield images.get(annotation["image_id"], {"image_id": annotation["image_id"]}) | told


def _records(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    records = content.get(name, [])
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise ValueError(f"{name} that are no records")
    if any(isinstance(one.get(field), list | dict) for one in records for field in ("id", "image_id")):
        raise ValueError(f"{name} whose ids are no single values")
    return records


def _write(value: Any) -> str:
    return "" if value is None else str(value)
