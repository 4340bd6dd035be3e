"""How long the tables take when much was tried: 500 runs of digit-recognizer, 300 submissions, 3,000 teams; and how long
two runs take to be compared that predict 300,000 test rows.
"""

import json
import os

import numpy as np

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.kaggle.submissions import KaggleSubmission
from kit.plugins import load
from kit.submission import kaggle_list, message
from tests.bench.place import Place
from tests.kaggle_board import COLUMNS

SLUG = "digit-recognizer"
TEST_ROWS = 300_000
VERBS = (("runs",), ("submissions", SLUG, "--offline"), ("leaderboard", SLUG, "--offline"))


def records(place: Place, seed: int) -> str:
    place.fetched(SLUG)
    pair = place.measured("records", str(seed))
    return "; ".join(_timed(place, words) for words in (*VERBS, ("diff", *pair)))


def _timed(place: Place, words: tuple[str, ...]) -> str:
    before = os.times()
    seconds = sorted(place.kit(*words)[1] for _ in range(9))
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    wall = f"median {seconds[4]:.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f}) of 9"
    return f"kit {words[0]}: {wall}, {processor / 9:.2f} s of processor time"


def write(seed: int) -> list[str]:
    """Into $KIT_HOME; scores are drawn, not measured. Returns the two best runs, which alone have predictions."""
    draw, competition = np.random.default_rng(seed), load(SLUG)
    train = cache.load(competition, paths.data(SLUG)).train
    scores = 0.98 + 0.01 * draw.random(500)
    made = [runs.create(SLUG, "train", Config(), {}, name=f"r{number}", fingerprints={}) for number in range(500)]
    for run, score in zip(made, scores.tolist(), strict=True):
        members = [{"fold": fold, "score": score, "error": 0.001, "rows": 8400} for fold in range(5)]
        value = {"metric": "accuracy", "score": score, "error": 0.0005, "rows": len(train.ids), "members": members}
        run.metrics.write_text(json.dumps(value, indent=2))
    pair = [made[place] for place in np.argsort(scores)[-2:]]
    for run in pair:
        for path, ids in ((run.oof, train.ids), (run.test, np.arange(TEST_ROWS).astype(str))):
            said = draw.dirichlet(np.ones(10), len(ids))
            predictions.save(path, predictions.make(ids, said, competition.target))
    kaggle_list.keep(SLUG, [_row(number, run, draw) for number, run in enumerate(made[:300])])
    lines = [",".join(COLUMNS)]
    lines += [f"{rank},{rank},team {rank},2026-11-01 10:00:00,{1 - rank / 1e5},9,user{rank}" for rank in range(1, 3000)]
    (kaggle_list.folder(SLUG) / "leaderboard.csv").write_text(
        "\n".join([*lines, "3000,7,us,2026-11-01 10:00:00,0.9,9,anna"])
    )
    (kaggle_list.folder(SLUG) / "asked.json").write_text(
        '{"asked": "2026-11-20T10:00:00+00:00", "left": 4, "last": 300}'
    )
    return [run.id for run in pair]


def _row(number: int, run: runs.Run, draw: np.random.Generator) -> KaggleSubmission:
    text = message.write("", run.id, f"{number:012x}", run.metrics)
    when = f"2026-10-{1 + number // 10:02d}T08:{number % 10:02d}:00+00:00"
    return KaggleSubmission(
        number, "complete", f"{0.985 + 0.002 * draw.normal():.5f}", "", "", text, when, "anna", "us"
    )


if __name__ == "__main__":
    import sys

    print("\n".join(write(int(sys.argv[1]))))
