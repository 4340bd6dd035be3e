"""From the page of a run to the pages of the runs that it was made of, and of those that were made of it."""

import os
from collections.abc import Collection

from kit import runs
from kit.report.render import html
from kit.runs import Run

PAGE = "report.html"


def section(run: Run, coming: Collection[Run] = ()) -> str:
    """HTML: a link to each related page; empty without one."""
    found = find_related(run, coming)
    if not found:
        return ""
    lines = [f'<li><a href="{html.text(path)}">{html.text(name)}</a></li>' for name, path in found.items()]
    return f"<ul>{''.join(lines)}</ul>"


def find_related(run: Run, coming: Collection[Run] = ()) -> dict[str, str]:
    """Relative path of each such page by the id of its run. coming: runs whose pages are about to be written."""
    ids = {one.id for one in coming}
    return {
        other.id: os.path.relpath(other.folder / PAGE, run.folder)
        for other in runs.list_runs(run.slug)
        if (other.id in run.parents or run.id in other.parents) and (other.id in ids or (other.folder / PAGE).exists())
    }
