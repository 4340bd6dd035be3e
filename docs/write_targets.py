"""Writes the table of what has a meaning for which target into docs/recipes.md, between its two comments, from the code:
`.venv/bin/python docs/write_targets.py`.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from kit.ensemble import methods
from kit.ensemble.finish import FINISHES
from kit.forms import FORMS
from kit.learn.recipes import OF_CLASSES, RECIPES, has_meaning
from kit.targets import Classes, Grades, Labels, Numbers, Target, Votes

PAGE = Path(__file__).parent / "recipes.md"
BLOCK = re.compile(r"(?<=<!-- docs/write_targets.py -->\n).*(?=<!-- end of targets -->)", re.S)
TARGETS: tuple[Target, ...] = tuple(kind(("a", "b")) for kind in (Classes, Grades, Votes, Labels, Numbers))


def written(page: str) -> str:
    """The text of a page with its table as the code is now."""
    head = ("", *(target.kind for target in TARGETS))
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *_rows())]
    return BLOCK.sub(lambda _: "\n" + "\n".join(lines) + "\n\n", page)


def _rows() -> Iterator[tuple[str, ...]]:
    for recipe in RECIPES:
        yield _ticks(f"recipe `{recipe}`", lambda target: True)  # each asks the target for what differs
    yield ("losses, the first unless told", *(_code(target.network_losses) for target in TARGETS))
    for setting in OF_CLASSES:
        yield _ticks(f"setting `{setting}`", lambda target, name=setting: has_meaning(target, name))
    for method in methods.BY_KIND["classes"]:
        yield _ticks(f"ensemble by {method}", lambda target, name=method: name in methods.BY_KIND[target.kind])
    for name, finish in FINISHES.items():
        yield _ticks(f"finish by {name}", lambda target, kinds=finish.kinds: target.kind in kinds)
    for name, form in FORMS.items():
        yield _ticks(f"submission `{name}`", lambda target, kinds=form.kinds: target.kind in kinds)


def _ticks(what: str, has: Callable[[Target], bool]) -> tuple[str, ...]:
    return (what, *("✓" if has(target) else "–" for target in TARGETS))  # noqa: RUF001


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
