"""A checked submission goes to Kaggle: the same bytes once, whoever of the team has sent them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from kit import paths
from kit.competition import Competition
from kit.errors import DataError
from kit.progress import say
from kit.submission import message, once, records
from kit.submission.check import Checked
from kit.submission.records import Record


def send(
    competition: Competition,
    checked: Checked,
    words: str = "",
    *,
    again: bool = False,
    wait_s: float | None = None,
    poll_s: float = 15.0,
    claimed: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Record:
    """Uploads the file, which costs one of the day's submissions, and returns its record, as it is on disk.

    words: what to say about the file on Kaggle, before its run id, CV and hash. again: also bytes that were uploaded before.
    wait_s: seconds to wait for the score, asking every poll_s seconds; None does not wait, and leaves the scores None.
    claimed: entered around what spends the submission, once it is known that these bytes were not sent before.

    An upload from here whose answer was lost, and that is in Kaggle's list, is not sent again: its record is returned. So is
    one whose score is not known, to wait for it.

    Raises ConfigError for a competition that is not on Kaggle and for bytes that were uploaded before, DataError for a file
    that has changed since it was checked, AccessError for a missing or refused token, and KaggleError for a failed upload, a
    file that Kaggle could not score, and no score in time.
    """
    competition.check_on_kaggle("look at its local score")
    folder = paths.submissions(competition.slug, checked.run.folder if checked.run else None)
    record = _send(competition.slug, checked, words, folder, again, wait_s is not None, claimed)
    return record if wait_s is None else records.await_score(record, folder, timeout_s=wait_s, poll_s=poll_s)


def _send(
    slug: str,
    checked: Checked,
    words: str,
    folder: Path,
    again: bool,
    wait: bool,
    claimed: Callable[[], AbstractContextManager[None]],
) -> Record:
    sha256, run = checked.report.sha256, checked.run
    with records.lock_uploads(slug):
        earlier = once.look_up(slug, sha256, folder)
        if earlier.completed:
            return earlier.completed
        if wait and not again and earlier.unscored:  # as of a command that was stopped while it waited
            say(f"submission {earlier.unscored.ref} was uploaded before: waiting for its score")
            return earlier.unscored
        if not again:
            once.refuse_repeated(earlier)
        if checked.path.read_bytes() != checked.data:
            raise DataError(f"{checked.path} has changed since it was checked", do="run the command again")
        from kit.kaggle import submissions

        text = message.write(words, run.id if run else checked.path.name, sha256, run.metrics if run else None)
        with claimed():
            attempt = records.begin(slug, sha256, run.id if run else None, str(checked.path), text, earlier.newest)
            return once.send(attempt, folder, lambda check: submissions.send(slug, checked.path, text, check))
