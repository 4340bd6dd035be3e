"""As moments, without the columns: what the photographs alone tell."""

from dataclasses import replace
from pathlib import Path

from kit.competition import Competition, Split, Table
from kit.plugins import load

WITH_COLUMNS: Competition = load("moments", [Path(__file__).parents[1]])


def read(raw: Path, part: str) -> Split:
    return replace(WITH_COLUMNS.read(raw, part), table=None)


COMPETITION = replace(WITH_COLUMNS, slug="moments-photo", table=Table(), read=read)
