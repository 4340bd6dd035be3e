"""Submissions at Kaggle: send one, wait for its score, list them, count what is left of the day's allowance."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kit.errors import KaggleError
from kit.kaggle.client import ask, connect, pause, retry, retry_while
from kit.kaggle.send_once import LostAnswer, send_once
from kit.progress import say


@dataclass(frozen=True)
class KaggleSubmission:
    """status: pending, complete or error. Scores are Kaggle's own texts, empty while there is none. error: Kaggle's reason.

    date: UTC, ISO 8601. submitted_by: the member of the team. Both empty where Kaggle does not say.
    """

    ref: int
    status: str
    public_score: str
    private_score: str
    error: str
    description: str = ""
    date: str = ""
    submitted_by: str = ""
    team: str = ""
    file_name: str = ""


def send(slug: str, file: Path, message: str, check: Callable[[], None] = lambda: None) -> int:
    """Uploads a submission and returns Kaggle's reference, greater than 0. What spends it is never repeated by itself; a Kaggle
    that is busy before that is asked again.

    check: called when the file is there and before it is submitted; what it raises holds that back.

    Raises LostAnswer if it may have counted; after any other KitError nothing was submitted.
    """
    what = f"the upload of {file.name}"
    with connect(slug) as api, send_once(what, "CreateSubmission", look_in_list(slug), check) as left:
        submit = partial(api.competition_submit, str(file), message, slug, quiet=True)
        answer = retry_while(lambda: not left, submit)
        reference = int(answer.ref or 0)
    if not reference and left:
        raise LostAnswer(f"Kaggle gave no reference to {what}", received=answer.message, do=look_in_list(slug))
    if not reference:  # the client reports a failed upload as a success without a reference
        raise KaggleError(f"{what} failed", received=answer.message, do="nothing was submitted: repeat")
    return reference


def look_in_list(slug: str) -> str:
    return f"it may have counted: the same command looks into Kaggle's list first, as does: kit submissions {slug}"


def wait(slug: str, ref: int, *, timeout_s: float, poll_s: float) -> KaggleSubmission:
    """Asks until Kaggle has scored the submission, or refused it. Raises KaggleError after `timeout_s` seconds.

    The first pause is `poll_s` seconds, each further one half as long again, up to a minute. A Kaggle that is away or busy
    meanwhile is asked again.
    """
    end = time.monotonic() + timeout_s
    while True:
        submission = ask(slug, _get, ref)
        if submission and submission.status != "pending":
            return submission
        if time.monotonic() >= end:
            raise KaggleError(
                f"submission {ref} has no score after {timeout_s:g} s", do="look at kaggle.com, or wait longer"
            )
        if submission:
            say(f"submission {ref} is being scored")
        poll_s = pause(poll_s, end)


def _get(api: Any, ref: int) -> KaggleSubmission:
    from kagglesdk.competitions.types.competition_api_service import ApiGetSubmissionRequest

    request = ApiGetSubmissionRequest()
    request.ref = ref
    with api.build_kaggle_client() as client:
        return _convert(client.competitions.competition_api_client.get_submission(request))


def list_all(slug: str, page_size: int = 20, *, ticked: bool = False) -> list[KaggleSubmission]:
    """All submissions of the team, newest first. The client drops the token of the next page, so pages are counted.

    ticked: only those that the team has chosen for the private board.
    """
    only: dict[str, Any] = {}
    if ticked:
        from kagglesdk.competitions.types.competition_enums import SubmissionGroup

        only = {"group": SubmissionGroup.SUBMISSION_GROUP_SELECTED}
    by_ref: dict[int, KaggleSubmission] = {}
    with connect(slug) as api:
        for number in range(1, 1000):
            page = retry(api.competition_submissions, slug, page_number=number, page_size=page_size, **only) or []
            known = len(by_ref)
            by_ref |= {int(submission.ref): _convert(submission) for submission in page}
            if len(page) < page_size or len(by_ref) == known:  # the last page, or a server that knows only one
                break
    return list(by_ref.values())


def count_remaining(slug: str) -> int | None:
    """How many submissions are left today (UTC, per team); None if this client cannot tell."""
    with connect(slug) as api:
        if not hasattr(api, "competition_get_submission_limits"):  # kaggle 2.0.2, in Kaggle's own image
            return None
        return int(retry(api.competition_get_submission_limits, slug).num_allowed_now)


def _convert(submission: Any) -> KaggleSubmission:
    return KaggleSubmission(
        ref=int(submission.ref),
        status=submission.status.name.lower(),
        public_score=submission.public_score or "",
        private_score=submission.private_score or "",
        error=submission.error_description or "",
        description=submission.description or "",
        date=submission.date.replace(tzinfo=datetime.UTC).isoformat(timespec="seconds") if submission.date else "",
        submitted_by=submission.submitted_by or "",
        team=submission.team_name or "",
        file_name=submission.file_name or "",
    )
