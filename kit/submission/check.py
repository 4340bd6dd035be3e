"""A submission that has passed: built for a run, or brought as a file, and validated from the bytes on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import paths, predictions, runs
from kit.competition import Competition
from kit.errors import DataError
from kit.runs import Run, provenance
from kit.submission import build, local, packed, sample
from kit.submission.sample import Sample
from kit.submission.validate import Report, validate


@dataclass(frozen=True)
class Checked:
    """A file that has passed validation, and the run it came from."""

    path: Path
    data: bytes
    report: Report
    run: Run | None


def build_or_read_checked(competition: Competition, reference: str) -> Checked:
    """Builds submission.csv of a run, or reads a FILE.csv, packed (.csv.gz, .zip) or not, and checks its bytes.

    reference: a run's id, a unique beginning of one, or a path. Raises SubmissionError naming the broken rule and its first
    line, DataError for a file that cannot be read, a run of another competition or without predictions, and data that are
    not prepared.
    """
    expected = sample.read(competition)
    path, run = Path(reference), None
    try:
        if packed.is_file(reference):
            path = packed.unpack(path, paths.submissions(competition.slug) / "unpacked")
        else:
            path, run = _build(competition, reference, expected)
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}", received=error.strerror, do="give a run id or a FILE.csv") from None
    return Checked(path, data, validate(data, competition, expected), run)


def _build(competition: Competition, reference: str, expected: Sample) -> tuple[Path, Run]:
    run = runs.find(reference)
    provenance.check_competition(run, competition.slug)
    path = run.folder / "submission.csv"
    build.write(path, competition, predictions.load(run.test), expected)
    return path, run


def describe(competition: Competition, checked: Checked) -> dict[str, Any]:
    """Path, rows and sha256 of a checked file, its notices, and its score where that can be told here."""
    report = checked.report
    result: dict[str, Any] = {"path": str(checked.path), "rows": report.rows, "sha256": report.sha256}
    if competition.scored_here:
        solution = paths.data(competition.slug).solution
        result |= {"metric": competition.metric, "local_score": local.score(checked.data, competition, solution)}
    return result | {"notices": list(report.notices)}
