"""What Kaggle would refuse or score wrongly, found in the bytes of the file before anything is uploaded.

Refused, with the rule, the first offending line and the count: everything in RULES and in kit.submission.values.RULES,
other encodings, broken quoting.
Accepted: CRLF, no final newline, blank lines at the end, quoted numbers. Accepted with a notice: a UTF-8 byte order
mark, rows in another order than the sample's (Kaggle joins by id), a constant prediction.
"""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kit.competition import Competition
from kit.submission import rows, values
from kit.submission.read import File
from kit.submission.sample import Sample
from kit.submission.table import Violation, parse, refuse

# In this order: a rule may rely on those above it.
RULES: dict[str, Callable[[File], Iterator[Violation]]] = {
    "blank line": rows.check_blank_lines,
    "delimiter": rows.check_delimiter,
    "index column": rows.check_index_column,
    "header": rows.check_header,
    "field count": rows.check_field_count,
    "row count": rows.check_row_count,
    "unknown id": rows.check_unknown_ids,
    "repeated id": rows.check_repeated_ids,
}
NOTICES: tuple[Callable[[File], str | None], ...] = (rows.notice_order, values.notice_constant)


@dataclass(frozen=True)
class Report:
    """rows: without the header. sha256: of the bytes. notices: things accepted, but worth a look."""

    rows: int
    sha256: str
    notices: tuple[str, ...]


def validate(data: bytes, competition: Competition, sample: Sample) -> Report:
    """Judges the bytes of a submission against the competition's sample. Raises SubmissionError for the first broken rule."""
    file = File(competition, sample, parse(data))
    for name, violations in (RULES | values.RULES[competition.submission.kind]).items():
        refuse(name, violations(file))
    notices = [notice for find in NOTICES if (notice := find(file))]
    if data.startswith(codecs.BOM_UTF8):
        notices.insert(
            0, "the file begins with a UTF-8 byte order mark, which some readers take for part of the header"
        )
    return Report(len(file.rows), hashlib.sha256(data).hexdigest(), tuple(notices))
