"""Classes that the data alone name, such as thousands of individuals, too many to declare in a competition's folder."""

from functools import cache
from pathlib import Path

from kit import paths
from kit.data.labels import column
from kit.targets import Classes


class ClassesInTable(Classes):
    """Classes whose names are the different values in a column of a table that the archive holds, sorted.

    slug: of the competition, whose `kit prepare` unpacks the table; before, there are none.
    """

    table: Path
    column: str

    def __init__(self, slug: str, table: str, column: str) -> None:
        vars(self).update(table=paths.data(slug).raw / table, column=column)

    @property
    def columns(self) -> tuple[str, ...]:
        return _read(self.table, self.column) if self.table.exists() else ()

    def fault(self) -> str:
        return super().fault() if self.columns else ""


@cache
def _read(table: Path, name: str) -> tuple[str, ...]:
    return tuple(sorted(set(column(table, name))))
