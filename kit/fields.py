"""What the fields of a JSON record must be. Records may be damaged, or come from elsewhere: who reads one says so by these, and
what does not fit is refused in one line, before anything is made of it.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from kit.errors import DataError

Check = Callable[[Any], bool]  # its docstring says what is expected
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")  # of a run
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}")  # of a run
SHA256 = re.compile("[0-9a-f]{64}")


def check_fields(
    record: Any, what: object, needed: Mapping[str, Check], allowed: Mapping[str, Check]
) -> dict[str, Any]:
    """The record itself. Raises DataError unless it is an object with all `needed` fields, and what it has of `needed` and
    `allowed` is what it should be. Other fields are left as they are.
    """
    if not isinstance(record, dict) or not record.keys() >= needed.keys():
        raise DataError(f"{what} is damaged", received=show(record), expected=f"an object with {', '.join(needed)}")
    for name, fits in {**needed, **allowed}.items():
        if name in record and not fits(record[name]):
            raise DataError(f"{what} is not sound: {name}", received=show(record[name]), expected=fits.__doc__)
    return record


def show(value: Any) -> str:
    """The beginning of a value, on one line and without what a terminal would act on."""
    return ascii(value)[:60]


def is_text(value: Any) -> bool:
    """a text on one line"""
    return isinstance(value, str) and value.isprintable()


def is_id(value: Any) -> bool:
    """the id of a run"""
    return isinstance(value, str) and bool(ID.fullmatch(value))


def is_tag(value: Any) -> bool:
    """a word of letters, digits, dots, dashes and underscores, 30 at most"""
    return isinstance(value, str) and bool(TAG.fullmatch(value))


def is_sha256(value: Any) -> bool:
    """64 hexadecimal digits"""
    return isinstance(value, str) and bool(SHA256.fullmatch(value))


def is_count(value: Any) -> bool:
    """a whole number from 0"""
    return type(value) is int and value >= 0


def is_number(value: Any) -> bool:
    """a finite number"""
    return type(value) in (int, float) and math.isfinite(value)


def is_share(value: Any) -> bool:
    """a number from 0 to 1"""
    return is_number(value) and 0 <= value <= 1


def is_object(value: Any) -> bool:
    """an object"""
    return isinstance(value, dict)


def or_null(check: Check) -> Check:
    return _describe(lambda value: value is None or check(value), f"{check.__doc__}, or null")


def either(one: Check, other: Check) -> Check:
    return _describe(lambda value: one(value) or other(value), f"{one.__doc__}, or {other.__doc__}")


def list_of(check: Check) -> Check:
    return _describe(
        lambda value: isinstance(value, list) and all(map(check, value)), f"a list, each of it {check.__doc__}"
    )


def object_of(check: Check) -> Check:
    return _describe(
        lambda value: isinstance(value, dict) and all(map(check, value.values())),
        f"an object, each value {check.__doc__}",
    )


def object_with(needed: Mapping[str, Check], allowed: Mapping[str, Check] | None = None) -> Check:
    def fits(value: Any) -> bool:
        each = {**needed, **(allowed or {})}
        return (
            isinstance(value, dict)
            and value.keys() >= needed.keys()
            and all(check(value[name]) for name, check in each.items() if name in value)
        )

    return _describe(fits, "an object with " + ", ".join(f"{name} ({check.__doc__})" for name, check in needed.items()))


def one_of(*known: str) -> Check:
    return _describe(lambda value: isinstance(value, str) and value in known, " or ".join(known))


def _describe(check: Check, expected: str) -> Check:
    check.__doc__ = expected
    return check
