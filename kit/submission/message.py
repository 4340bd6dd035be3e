"""The line that goes to Kaggle with an upload, and comes back in the list of the whole team's submissions.

    what somebody said  dogs-vs-cats-f256-1121-120447-5e0f  CV 0.988588 +- 0.0028  1a2b3c4d5e6f

The words, the run (or the name of a bare file), its score out of fold with standard error, and the beginning of the sha256
of what was sent. Messages from before the CV was written, and those of other programs, can be read as well.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kit.json_files import read_json

NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
CV = rf"CV (?P<cv>{NUMBER})(?: \+- (?P<error>{NUMBER}))?"
FORM = re.compile(rf"(?:(?P<words>.*?)\s)??(?P<subject>\S+)(?:\s{CV})?\s(?P<sha256>[0-9a-f]{{12}})", re.DOTALL)
RUN = re.compile(r"[a-z0-9][A-Za-z0-9._-]*-\d{4}-\d{6}(?:-[0-9a-f]+)?")  # ends in a time, as kit.runs.create names it


@dataclass(frozen=True)
class ParsedMessage:
    """What a message tells. words: what stands before; all of a message that is not ours. sha256: 12 hexadecimal digits."""

    words: str
    run: str | None = None
    cv: float | None = None
    error: float | None = None
    sha256: str | None = None


def write(words: str, subject: str, sha256: str, metrics: Path | None = None) -> str:
    """subject: the id of a run, or the name of a bare file. metrics: of the run; its CV is told if that file is there."""
    score = read_json(metrics) if metrics and metrics.exists() else None
    cv = f"CV {score['score']:.6g} +- {score['error']:.2g}" if score else ""
    return " ".join(part for part in (words, subject, cv, sha256[:12]) if part)


def parse(text: str) -> ParsedMessage:
    """Never fails: of a message that is not ours only the words are known."""
    match = FORM.fullmatch(text.strip())
    if not match:
        return ParsedMessage(text)
    cv, error = (float(match[key]) if match[key] else None for key in ("cv", "error"))
    run = match["subject"] if RUN.fullmatch(match["subject"]) else None
    return ParsedMessage(match["words"] or "", run, cv, error, match["sha256"])
