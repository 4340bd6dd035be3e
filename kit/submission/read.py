"""A submission file under judgement: its bytes as rows, beside the competition's sample."""

from collections.abc import Iterator
from dataclasses import dataclass

from kit.competition import Competition
from kit.submission.sample import Sample
from kit.submission.table import Row


@dataclass(frozen=True)
class File:
    """A file under judgement: its rows, header first, without blank lines at the end."""

    competition: Competition
    sample: Sample
    lines: list[Row]

    @property
    def header(self) -> list[str]:
        return self.lines[0].fields if self.lines else []

    @property
    def rows(self) -> list[Row]:
        return self.lines[1:]

    @property
    def ids(self) -> list[str]:
        column = self.sample.columns.index(self.competition.submission.id_column)
        return [row.fields[column] for row in self.rows]

    @property
    def domain(self) -> tuple[str, ...]:
        return self.competition.submission.values or self.competition.target.columns

    def targets(self) -> Iterator[tuple[int, str, str]]:
        """(line, column, value) of every target field."""
        columns = [(name, self.sample.columns.index(name)) for name in self.competition.submission.target_columns]
        for row in self.rows:
            for name, column in columns:
                yield row.line, name, row.fields[column]
