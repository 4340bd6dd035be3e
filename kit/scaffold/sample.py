"""The sample submission: its columns, its ids, and what it writes, which tells what a submission holds."""

from dataclasses import dataclass
from itertools import islice

from kit.scaffold.members import Members, is_table, read_rows

READ = 5000  # rows whose texts are kept


@dataclass(frozen=True)
class Sample:
    """path: below raw/. source: the member that it comes from. columns: the target columns. ids: of all rows.
    texts: of the first rows, those in the target columns.
    """

    path: str = "sampleSubmission.csv"
    source: str = "sampleSubmission.csv"
    id_column: str = "id"
    columns: tuple[str, ...] = ("label",)
    ids: tuple[str, ...] = ()
    texts: tuple[tuple[str, ...], ...] = ()

    @property
    def written(self) -> set[str]:
        """The different texts of the only target column."""
        return {texts[0] for texts in self.texts if len(texts) == 1}


def read_sample(members: Members) -> Sample | None:
    """None where no table is called a sample, or it has no column beside the ids."""
    named = [name for name in members.files if is_table(name) and is_called_sample(name.rpartition("/")[2])]
    if not named:
        return None
    path = min(named, key=lambda name: ("sample" not in name.lower().rpartition("/")[2], len(name), name))
    rows = read_rows(members, path)
    header = next(rows)
    if len(header) < 2:
        return None
    ids: list[str] = []
    texts = []
    for row in islice((row for row in rows if len(row) == len(header)), READ):
        ids.append(row[0])
        texts.append(tuple(row[1:]))
    ids += (row[0] for row in rows)
    return Sample(path, members.sources[path], header[0], tuple(header[1:]), tuple(ids), tuple(texts))


def is_called_sample(name: str) -> bool:
    """By the name of a table, its folders left out."""
    return any(word in name.lower() for word in ("sample", "submission"))
