"""The loopback Kaggle of a season: it serves the archive, scores by the judge of the world, and fails now and then."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.kaggle_server import Kaggle, refusal, serve
from tests.season.world import World

SHARE = 0.25  # of requests of a kind that fail once
FAULTS = (refusal(503, "unavailable", Retry_After="0"), refusal(429, "too many", Retry_After="0"))
FAIL = ("ListSubmissions", "GetSubmission", "GetSubmissionLimits", "StartSubmissionUpload", "DownloadLeaderboard")


@contextmanager
def open_season(world: World, seed: int) -> Iterator[tuple[Kaggle, str]]:
    """(what the server holds, the URL of the proxy that leads to it)."""
    kaggle = Kaggle()
    kaggle.archive = world.archive
    kaggle.board.now = datetime(2026, 11, 10, 8, tzinfo=UTC)
    kaggle.board.judge = world.judge
    kaggle.board.others = [(f"team {place}", round(0.97 - 0.01 * place, 5), [f"user{place}"]) for place in range(60)]
    draw = random.Random(seed)
    for method in FAIL:
        kaggle.faults[method] = Faults(draw)
    with serve(kaggle) as proxy:
        yield kaggle, proxy


class Faults(list):
    """A list of faults that is filled by chance, each time that it is asked whether it holds one."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        self.draw, self.made = draw, 0

    def __bool__(self) -> bool:
        if not len(self) and self.draw.random() < SHARE:
            self.append(self.draw.choice(FAULTS))
            self.made += 1
        return len(self) > 0


def end_competition(kaggle: Kaggle, world: World) -> None:
    """From now on Kaggle shows the private score of what it has scored, too."""
    content = {hashlib.sha256(one).hexdigest()[:12]: one for one in kaggle.uploads}
    for one in kaggle.submissions:
        if one["status"] == "COMPLETE":
            one["privateScore"] = world.score(content[one["description"].split()[-1]], public=False)
