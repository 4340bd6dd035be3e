"""Every submission of the team: Kaggle's own list is the shared ledger, joined with the runs and uploads that are here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from kit import paths
from kit.competition import Competition
from kit.errors import DataError
from kit.fields import check_fields
from kit.json_files import read_json
from kit.kaggle.submissions import KaggleSubmission
from kit.progress import say
from kit.runs import Run
from kit.runs.check_records import SCORED
from kit.submission import kaggle_list, message, records


@dataclass(frozen=True)
class Entry:
    """One submission. when: UTC, ISO 8601. status: pending, complete or error; error: Kaggle's reason.

    run: its id, from the message or the record of the upload. cv, cv_error: its score out of fold and standard error, of the
    run if it is here, else as the message has them. sha256: the first 12 hexadecimal digits.
    """

    ref: int
    when: str
    by: str
    status: str
    public: float | None
    private: float | None
    error: str
    message: str
    run: str | None
    cv: float | None
    cv_error: float | None
    sha256: str | None

    @property
    def name(self) -> str:
        """The run, or the number of a submission that is of none."""
        return self.run or f"submission {self.ref}"


def read_cached(slug: str) -> list[Entry]:
    """What is known without a request: uploads from here and the list as Kaggle last gave it; oldest first."""
    uploads = {record.ref: record for record in records.list_records(slug)}
    known = {ref: _convert_record(record) for ref, record in uploads.items()}
    for ref, row in kaggle_list.rows(slug).items():
        known[ref] = max(row, known.get(ref, row), key=kaggle_list.knowledge)
    entries = [_entry(row, uploads.get(ref)) for ref, row in known.items()]
    return sorted(entries, key=lambda entry: (entry.when, entry.ref))


def list_refs(run: Run) -> list[int]:
    """The numbers of the run's submissions, as far as they are known here."""
    return [entry.ref for entry in read_cached(run.slug) if entry.run == run.id]


def fetch(slug: str) -> list[Entry]:
    """Asks Kaggle for the whole list and keeps it, so that `read_cached` knows it."""
    kaggle_list.fetch(slug)
    return read_cached(slug)


def refresh(competition: Competition, *, offline: bool = False) -> list[Entry]:
    """By a list no older than a minute; where that cannot be, or is not wanted, the age of the kept one is said."""
    if not competition.scored_here:
        kaggle_list.refresh(competition.slug, offline=offline)
    return read_cached(competition.slug)


def find_runs(
    runs: Sequence[str], entries: Sequence[Entry], ticked: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """By what each run, or submission of none, is found at Kaggle: run, ref, by, message, public, and ticked, whether it is
    among those chosen there. Of several of a run that is the newest, of those that are ticked if there are any; ref is None for
    a run that was not sent. ticked: None if that is not known.
    """
    in_turn = sorted(entries, key=lambda entry: entry.ref in (ticked or ()))
    sent = {entry.name: entry for entry in in_turn if entry.status != "error"}
    return [
        {
            "run": run,
            "ref": one.ref if one else None,
            "by": one.by if one else "",
            "message": one.message if one else "",
            "public": one.public if one else None,
            "ticked": None if ticked is None else one is not None and one.ref in ticked,
        }
        for run, one in ((run, sent.get(run)) for run in runs)
    ]


def _convert_record(record: records.Record) -> KaggleSubmission:
    scores = record.public_score or "", record.private_score or ""
    return KaggleSubmission(record.ref, record.status or "pending", *scores, "", record.message, _seconds(record.when))


def _seconds(when: str) -> str:
    return when[:19] + "+00:00"


def _entry(row: KaggleSubmission, upload: records.Record | None) -> Entry:
    parsed = message.parse(row.description)
    run = parsed.run or (upload.run if upload else None)
    metrics = metrics_of(run) or {"score": parsed.cv, "error": parsed.error}
    return Entry(
        ref=row.ref,
        when=row.date or (_seconds(upload.when) if upload else ""),
        by=row.submitted_by,
        status=row.status,
        public=_number(row.public_score),
        private=_number(row.private_score),
        error=row.error,
        message=row.description,
        run=run,
        cv=metrics["score"],
        cv_error=metrics["error"],
        sha256=parsed.sha256 or (upload.sha256[:12] if upload else None),
    )


def metrics_of(run: str | None) -> dict[str, Any] | None:
    """The metrics.json of a finished run, None if it is not here, or damaged."""
    path = paths.runs() / run / "metrics.json" if run else None
    if not path or not path.exists():
        return None
    try:
        return check_fields(read_json(path), path, SCORED, {})
    except DataError as error:
        say(f"left out: {error}")
        return None


def _number(text: str) -> float | None:
    return float(text) if text else None
