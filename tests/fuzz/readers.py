"""What reads that which others wrote, each with inputs for it: a reader takes an input and a folder of its own to lay it in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzz import archives, records, submissions, tables
from tests.fuzz.mutations import Input


@dataclass(frozen=True)
class Reader:
    """read: returns for an input that it takes, raises KitError for any other."""

    inputs: st.SearchStrategy[Input]
    read: Callable[[Input, Path], None]


READERS = {
    "submission validator": Reader(submissions.SUBMISSIONS, submissions.read_submission),
    "archive reader": Reader(archives.ARCHIVES, archives.read_archive),
    "table reader": Reader(tables.TABLES, tables.read_table),
    "configuration parser": Reader(records.CONFIGURATIONS, records.read_configuration),
    "scaffold": Reader(archives.SCAFFOLDED, archives.read_scaffold),
    "npz reader": Reader(records.ARRAYS, records.read_arrays),
    "json reader": Reader(records.RECORDS, records.read_json_record),
}
