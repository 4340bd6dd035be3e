"""The part of the loopback server that plays submissions and the leaderboard, and a clock and a judge for a whole season."""

import base64
import csv
import datetime
import io
import json
import threading
import uuid
import zipfile
from dataclasses import dataclass, field

ANSWERED: dict = {}  # what a method gives back that has answered by itself
DATE = "%Y-%m-%dT%H:%M:%S.%fZ"
COLUMNS = ("Rank", "TeamId", "TeamName", "LastSubmissionDate", "Score", "SubmissionCount", "TeamMemberUserNames")
QUOTA = (
    "Submission not allowed: Your team has used its daily Submission allowance (5) today, please try again tomorrow UTC"
)


@dataclass
class Board:
    """judge: (bytes of a file) -> fields of its outcome; without one a submission is scored 0.99571 when asked for.

    now: the server's clock; with one, submissions have dates and the day's allowance is counted. slow: submissions that are
    scored only when `settle` is called. others: teams as (name, score, members). lose: of so many submissions from now on the
    answer is a web page, though they count. ticked: references of what the team has chosen for the private board.
    """

    judge: object = None
    now: datetime.datetime | None = None
    slow: bool = False
    lose: int = 0
    team: str = "Three of us"
    ticked: set = field(default_factory=set)
    others: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)  # of pending submissions, by reference
    file_names: dict = field(default_factory=dict)  # of uploads, by token
    counting: threading.Lock = field(default_factory=threading.Lock)  # two members may submit at the same moment


def settle(kaggle) -> None:
    """Kaggle has scored what was pending."""
    for one in kaggle.submissions:
        one.update(kaggle.board.outcomes.pop(one["ref"], {}))


def ranked(kaggle) -> list[tuple]:
    """The teams (name, score, members), best first."""
    ours = [float(one["publicScore"]) for one in kaggle.submissions if one.get("publicScore")]
    senders = sorted({one["submittedBy"] for one in kaggle.submissions})
    own = [(kaggle.board.team, max(ours), senders)] if ours else []
    return sorted([*kaggle.board.others, *own], key=lambda team: -team[1])


def board_csv(kaggle) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for rank, (name, score, members) in enumerate(ranked(kaggle), 1):
        writer.writerow([rank, 1000 + rank, name, "2026-11-20 12:00:00", score, 7, ", ".join(members)])
    writer.writerow([0, 900, "all_zeros_benchmark", "2026-11-01 12:00:00", 0.33, 1, "host"])
    return text.getvalue()


class BoardMethods:
    def _start_submission_upload(self, asked: dict) -> dict:
        token = uuid.uuid4().hex
        self.kaggle.board.file_names[token] = asked["fileName"]
        return {"token": token, "createUrl": f"http://storage.test/upload/{token}"}

    def _create_submission(self, asked: dict) -> dict:
        with self.kaggle.board.counting:
            return self._count_submission(asked)

    def _count_submission(self, asked: dict) -> dict:
        token = asked["blobFileTokens"]
        if self.kaggle.board.now and not self._left():
            self._answer(400, json.dumps({"code": 400, "message": QUOTA}).encode())
            return ANSWERED
        ref = 50_000_001 + len(self.kaggle.submissions)
        one = {"ref": ref, "status": "PENDING", "description": asked.get("submissionDescription")}
        self.kaggle.submissions.append(one | self._season(token))
        if self.kaggle.board.judge:
            self.kaggle.board.outcomes[ref] = self.kaggle.board.judge(self.kaggle.of_kernels.blobs[token])
            if not self.kaggle.board.slow:
                settle(self.kaggle)
        if self.kaggle.board.lose:
            self.kaggle.board.lose -= 1
            self._answer(200, b"<html>One moment, please</html>", {"Content-Type": "text/html"})
            return ANSWERED
        return {"message": "Successfully submitted", "ref": ref}

    def _season(self, token: str) -> dict:
        board = self.kaggle.board
        if not board.now:
            return {}
        sender = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")[0]
        date = board.now.strftime(DATE)
        return {"date": date, "submittedBy": sender, "teamName": board.team, "fileName": board.file_names[token]}

    def _get_submission(self, asked: dict) -> dict:
        """Pending when first asked, then scored: as a Kaggle in a hurry."""
        own = next(one for one in self.kaggle.submissions if one["ref"] == asked["ref"])
        answer = dict(own)
        if own["status"] == "PENDING":
            own.update(self.kaggle.board.outcomes.pop(own["ref"], {"status": "COMPLETE", "publicScore": "0.99571"}))
        return answer

    def _list_submissions(self, asked: dict) -> dict:
        start = ((asked.get("page") or 1) - 1) * asked["pageSize"]
        only = self.kaggle.board.ticked if asked.get("group") == "SUBMISSION_GROUP_SELECTED" else None
        listed = [one for one in self.kaggle.submissions if only is None or one["ref"] in only]
        return {"submissions": listed[::-1][start : start + asked["pageSize"]]}

    def _get_submission_limits(self, asked: dict) -> dict:
        left = self._left()
        return {"numAllowedNow": left, "numToday": 5 - left}

    def _left(self) -> int:
        """Five a day for the team, by the server's clock; what failed does not count."""
        now = self.kaggle.board.now
        if not now:
            return self.kaggle.allowed
        sent = [one for one in self.kaggle.submissions if one["date"][:10] == f"{now:%Y-%m-%d}"]
        return 5 - sum(one["status"] != "ERROR" for one in sent)

    def _download_leaderboard(self, asked: dict) -> dict:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("board-publicleaderboard-2026-11-20T12:00:00.csv", "\ufeff" + board_csv(self.kaggle))
        self._answer(200, out.getvalue(), {"Content-Type": "application/zip"})
        return ANSWERED
