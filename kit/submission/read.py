"""A submission file under judgement: its bytes as rows, beside the competition's sample."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kit.competition import Competition
from kit.submission.sample import Sample
from kit.submission.table import Rows


@dataclass(frozen=True)
class File:
    """A file under judgement. lines: its rows, header first, without blank lines at the end."""

    competition: Competition
    sample: Sample
    lines: Rows

    @property
    def header(self) -> list[str]:
        return next((row.fields for row in self.lines), [])

    @property
    def rows(self) -> Rows:
        return replace(self.lines, first=1)

    @property
    def domain(self) -> tuple[str, ...]:
        return self.competition.submission.values or self.competition.target.columns

    def ids(self) -> Iterator[tuple[int, str]]:
        """(line, id) of every row."""
        column = self.sample.columns.index(self.competition.submission.id_column)
        for row in self.rows:
            yield row.line, row.fields[column]

    def targets(self) -> Iterator[tuple[int, str, str]]:
        """(line, column, value) of every target field."""
        columns = [(name, self.sample.columns.index(name)) for name in self.competition.submission.target_columns]
        for row in self.rows:
            for name, column in columns:
                yield row.line, name, row.fields[column]
