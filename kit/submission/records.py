"""What was uploaded: one JSON file per upload. It is on disk before the first byte leaves, without a reference of Kaggle's, and
stays so if the answer never comes: kit.submission.once then asks Kaggle's list. Only an upload that did not count is removed.

runs/<run-id>/submissions/ holds a run's uploads, runs/submissions/<slug>/ those of files made elsewhere.
"""

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kit import paths
from kit.errors import DataError, KaggleError
from kit.files import hold_lock
from kit.json_files import read_json, write_json


@dataclass(frozen=True)
class Record:
    """One upload. run: its id, None for a bare file. when: UTC, ISO 8601. Scores as Kaggle writes them, None until known.

    status: as Kaggle says it; before that "uploading", and "sending" from when it may have counted.
    ref: Kaggle's reference, 0 while it is not known whether the upload counted. after: the newest reference before it.
    """

    slug: str
    sha256: str
    run: str | None
    file: str
    message: str
    ref: int
    when: str
    status: str | None = None
    public_score: str | None = None
    private_score: str | None = None
    after: int = 0


def now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def begin(slug: str, sha256: str, run: str | None, file: str, message: str, after: int) -> Record:
    """The record of an upload that is about to begin."""
    return Record(slug, sha256, run, file, message, 0, now(), "uploading", after=after)


def path(where: Path, record: Record) -> Path:
    stamp = datetime.datetime.fromisoformat(record.when)
    return where / f"{record.sha256[:8]}-{stamp:%Y%m%dT%H%M%S%fZ}.json"


def write(where: Path, record: Record) -> Path:
    """Writes the record's own file; again, with reference and score, once they are known."""
    file = path(where, record)
    write_json(file, asdict(record))
    return file


def await_score(record: Record, where: Path, *, timeout_s: float, poll_s: float) -> Record:
    """The record with Kaggle's scores, on disk too. Raises KaggleError if Kaggle could not score it, or not in time."""
    from kit.kaggle import submissions

    outcome = submissions.wait(record.slug, record.ref, timeout_s=timeout_s, poll_s=poll_s)
    scored = replace(
        record,
        status=str(outcome.status),
        public_score=outcome.public_score or None,
        private_score=outcome.private_score or None,
    )
    write(where, scored)
    if outcome.error or "error" in str(outcome.status).lower():
        raise KaggleError(f"Kaggle could not score submission {record.ref}", received=outcome.error or outcome.status)
    return scored


def list_records(slug: str, where: Path | None = None) -> list[Record]:
    """All uploads to a competition from here, and those in the folder `where`, oldest first. DataError if one is damaged."""
    return [record for record in _by_file(slug, where).values() if record.ref]


def list_open(slug: str, where: Path | None = None) -> dict[Path, Record]:
    """Of the same folders, the uploads of which it is not known whether they counted, by file, oldest first."""
    return {file: record for file, record in _by_file(slug, where).items() if not record.ref}


def _by_file(slug: str, where: Path | None) -> dict[Path, Record]:
    files = set(_files(where.resolve())) if where else set()
    root = paths.runs().resolve()
    files.update(_files(paths.submissions(slug)))
    for run in root.glob("*/submissions"):
        files.update(_files(run))
    records = {file: record for file in files if (record := _read(file)).slug == slug}
    return dict(sorted(records.items(), key=lambda item: item[1].when))


def _files(where: Path) -> Iterator[Path]:
    return where.glob("[0-9a-f]*.json")  # not what a killed process has left half written: tmp-*


def _read(path: Path) -> Record:
    try:
        return Record(**read_json(path))
    except TypeError as error:
        raise DataError(f"{path} is not a record of an upload", received=error) from None


def lock_uploads(slug: str) -> AbstractContextManager[None]:
    """One upload to a competition at a time, so that the same file cannot slip through twice."""
    lock = paths.submissions(slug) / ".lock"
    return hold_lock(lock, f"another upload to {slug} is under way")
