"""Writes the tables of docs/recipes.md, between its two comments, from the code: `.venv/bin/python docs/write_settings.py`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kit.config import FIELDS
from kit.learn.networks import NETWORKS
from kit.learn.recipes import RECIPES

PAGE = Path(__file__).parent / "recipes.md"
BLOCK = re.compile(r"(?<=<!-- docs/write_settings.py -->\n).*(?=<!-- end -->)", re.S)


def written(page: str) -> str:
    """The text of a page with its tables as the code is now."""
    return BLOCK.sub(lambda _: f"\n{_settings()}\n\n{_own()}\n\n", page)


def _settings() -> str:
    rows = (
        (f"`{name}`", _value(field.default), _allowed(field), field.metadata["meaning"], _recipes(name))
        for name, field in FIELDS.items()
    )
    return _table(("setting", "default", "allowed", "what", "recipes"), rows)


def _own() -> str:
    """What recipes and networks set otherwise."""
    known = {**RECIPES, **NETWORKS}
    rows = ((f"`{name}`", _values(one.defaults)) for name, one in known.items() if one.defaults)
    return _table(("recipe or network", "its own defaults"), rows)


def _recipes(setting: str) -> str:
    users = [
        name for name, one in RECIPES.items() if one.uses(setting) or setting in one.on_backbone.get("settings", ())
    ]
    others = [name for name in RECIPES if name not in users]
    if len(others) < len(users):
        return f"all but {', '.join(others)}" if others else "all"
    return ", ".join(users)


def _allowed(field: Any) -> str:
    low, high = field.metadata["range"]
    if field.metadata["choices"]:
        return ", ".join(field.metadata["choices"])
    if isinstance(field.default, bool):
        return "true, false"
    return "" if low is None else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _values(values: Mapping[str, Any]) -> str:
    return " ".join(f"`{name}={_text(value)}`" for name, value in values.items())


def _value(value: Any) -> str:
    return f"`{_text(value)}`" if value != "" and value != () else "none"


def _text(value: Any) -> str:
    """As `--set` takes it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows))


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
