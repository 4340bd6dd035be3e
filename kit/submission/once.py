"""One of the day's submissions is spent once, whatever happens to Kaggle's answer.

The record of an upload is on disk before its first byte leaves (kit.submission.records). If the answer is lost, or the process
is killed, the next upload settles that record by Kaggle's list, where each message carries the hash of what was sent, before it
sends anything. In that list it also finds what teammates have sent.
"""

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kit.errors import ConfigError, KaggleError, KitError
from kit.json_files import write_json
from kit.kaggle.client import pause
from kit.kaggle.send_once import LostAnswer
from kit.kaggle.submissions import KaggleSubmission
from kit.progress import say
from kit.submission import kaggle_list, message, records
from kit.submission.records import Record

SETTLE_S = 30.0  # seconds in which what counted appears in Kaggle's list
POLL_S = 1.0
OLD_S = 3600.0  # an upload that began so many seconds ago is not under way any more


class SentBefore(ConfigError):
    """The same content was sent before, by somebody of the team."""


@dataclass(frozen=True)
class Earlier:
    """What was sent of the same content before. completed: by an upload from here that ended without an answer, and counted.

    unscored: one from here whose score nobody waited for. sent: all of it, by anybody, oldest first, with its sender's name.
    newest: the greatest reference in Kaggle's list.
    """

    completed: Record | None
    unscored: Record | None
    sent: list[tuple[Record, str]]
    newest: int


def look_up(slug: str, sha256: str, folder: Path, words: str = "") -> Earlier:
    """Asks Kaggle for its list, and settles by it the uploads from here that have no answer. To be called under the lock.

    words: what else the message has, where the hash alone does not tell. Raises AccessError or KaggleError without the list.
    """
    completed, listed = _settle(slug, sha256, folder, words)
    own = [record for record in records.list_records(slug, folder) if record.sha256 == sha256]
    known = {record.ref: (record, "") for record in own}
    for ref, row in listed.items():
        if _is_of(row, sha256):
            known[ref] = known.get(ref, (_describe(slug, sha256, row), ""))[0], row.submitted_by
    sent = [known[ref] for ref in sorted(known) if words in known[ref][0].message]
    unscored = next((record for record in own if record.status is None and words in record.message), None)
    return Earlier(completed, unscored, sent, max(listed, default=0))


def refuse_repeated(earlier: Earlier, what: str = "these bytes were uploaded") -> None:
    """Raises SentBefore if the same content was sent before."""
    if earlier.sent:
        last, sender = earlier.sent[-1]
        by = f" by {sender}" if sender else ""
        raise SentBefore(
            f"{what} before, as submission {last.ref} of {last.run or last.file} at {last.when}{by}",
            do=f"its score: kit submissions {last.slug} --wait; add --again to spend another of the day's submissions",
        )


def send(attempt: Record, folder: Path, call: Callable[[Callable[[], None]], int]) -> Record:
    """Writes the attempt, calls what sends it, and writes Kaggle's reference into it. To be called under the lock.

    call: is given a check to make at the last moment, which raises SentBefore if somebody was quicker. A lost answer is looked
    for in Kaggle's list. Raises what `call` raises, and KaggleError if the list does not have it.
    """
    file = records.write(folder, attempt)
    try:
        ref = call(lambda: _last_check(attempt, folder))
    except LostAnswer as lost:
        return _look_for(attempt, folder, lost)
    except KitError:  # a refusal, somebody quicker, or no connection: nothing counted
        file.unlink()
        raise
    say(f"uploaded: submission {ref}")  # before the record: a full disk must not hide it
    record = replace(attempt, ref=ref, status=None)
    records.write(folder, record)
    return record


def _last_check(attempt: Record, folder: Path) -> None:
    """Before the request that spends a submission."""
    from kit.kaggle import submissions

    for row in submissions.list_all(attempt.slug):
        if row.ref > attempt.after and _is_of(row, attempt.sha256):
            raise SentBefore(
                f"these bytes were uploaded meanwhile, as submission {row.ref} by {row.submitted_by or 'a teammate'}"
            )
    records.write(folder, replace(attempt, status="sending"))


def _look_for(attempt: Record, folder: Path, lost: LostAnswer) -> Record:
    say(f"{str(lost).partition(';')[0]}: it may have counted, looking into Kaggle's list")
    try:
        completed, _ = _settle(attempt.slug, attempt.sha256, folder)
    except KitError:
        raise lost from None
    if completed is None:
        raise KaggleError(
            f"{str(lost).partition(';')[0]}, and its list does not have it",
            do="nothing was submitted: repeat the command, which looks into the list again before it sends",
        )
    return completed


def _settle(slug: str, sha256: str, folder: Path, words: str = "") -> tuple[Record | None, dict[int, KaggleSubmission]]:
    """(the upload of that content that turns out to have counted, Kaggle's list). Asks for as long as one may still appear."""
    end, poll_s = time.monotonic() + SETTLE_S, POLL_S
    while True:
        last = time.monotonic() >= end
        listed = kaggle_list.fetch(slug)
        found, left = _close(slug, listed, folder, last), records.list_open(slug, folder).values()
        completed, is_open = (
            [one for one in those if one.sha256 == sha256 and words in one.message] for those in (found, left)
        )
        if completed or not is_open:
            return (completed[-1] if completed else None), listed
        say("an upload of these bytes had no answer and is not in Kaggle's list: asking again")
        poll_s = pause(poll_s, end)


def _close(slug: str, listed: Mapping[int, KaggleSubmission], folder: Path, last: bool) -> list[Record]:
    """The uploads without an answer that the list has, now with their references. last: what it has not did not count; nor did,
    under the lock, what had not come to the sending.
    """
    taken = {record.ref for record in records.list_records(slug, folder)}
    found = []
    for file, one in records.list_open(slug, folder).items():
        refs = [ref for ref, row in listed.items() if _is_of(row, one.sha256) and ref > one.after and ref not in taken]
        name = f"the upload of {one.run or Path(one.file).name} at {one.when[:19]}"
        if refs and one.status != "uploading":
            taken.add(min(refs))
            found.append(replace(one, ref=min(refs), status=None))
            write_json(file, asdict(found[-1]))
            say(f"found in Kaggle's list: {name} counted, as submission {min(refs)}")
        elif last or one.status == "uploading" or _age_s(one) > OLD_S:
            file.unlink()
            say(f"not in Kaggle's list: {name} did not count")
    return found


def _is_of(row: KaggleSubmission, sha256: str) -> bool:
    return message.parse(row.description).sha256 == sha256[:12]


def _describe(slug: str, sha256: str, row: KaggleSubmission) -> Record:
    run = message.parse(row.description).run
    return Record(slug, sha256, run, row.file_name or "a file", row.description, row.ref, row.date or records.now())


def _age_s(record: Record) -> float:
    return (datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(record.when)).total_seconds()
