from dataclasses import replace

import pytest

from kit import paths
from kit.errors import DataError
from kit.submission import records
from kit.submission.records import Record


def record(**fields) -> Record:
    common = {"slug": "zoo", "sha256": "ab" * 32, "run": None, "file": "x.csv", "message": "m", "ref": 1}
    return Record(**{**common, "when": records.now(), **fields})


def test_one_file_per_upload_and_the_score_goes_into_its_own(home):
    where = paths.submissions("zoo")
    first, second = record(ref=1), record(ref=2)
    path = records.write(where, first)
    records.write(where, second)
    assert records.write(where, replace(first, public_score="0.5")) == path
    assert [(found.ref, found.public_score) for found in records.list_records("zoo")] == [(1, "0.5"), (2, None)]
    assert path.parent == paths.runs() / "submissions" / "zoo" and path.name.startswith("abababab-")


def test_uploads_of_runs_and_files_are_found_by_competition(home, tmp_path):
    elsewhere = tmp_path / "copied-run" / "submissions"
    records.write(paths.submissions("zoo", paths.runs() / "zoo-a"), record(run="zoo-a"))
    records.write(paths.submissions("zoo"), record(ref=2))
    records.write(paths.submissions("pond", paths.runs() / "pond-a"), record(slug="pond", ref=3))
    records.write(elsewhere, record(ref=4))
    assert [found.ref for found in records.list_records("zoo")] == [1, 2]
    assert [found.ref for found in records.list_records("zoo", elsewhere)] == [1, 2, 4]


def test_a_damaged_record_is_an_error_not_a_forgotten_upload(home):
    path = records.write(paths.submissions("zoo"), record())
    path.write_text('{"ref": 1}')
    with pytest.raises(DataError, match="not a record"):
        records.list_records("zoo")


def test_two_uploads_at_once_are_refused(home):
    with (
        records.lock_uploads("zoo"),
        pytest.raises(DataError, match="another upload to zoo"),
        records.lock_uploads("zoo"),
    ):
        raise AssertionError("both went in")
