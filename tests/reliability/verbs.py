"""The verbs that write something, each with the state that it begins with."""

from collections.abc import Callable
from dataclasses import dataclass

from kit.json_files import read_json
from tests.reliability.place import KERNEL, SHORT, SLUG, A, B, Place

Words = Callable[[Place], list[str]]


@dataclass(frozen=True)
class Verb:
    """words: its arguments. again: those of what a user types after a kill, None if all is done. done: exit codes of that: 2 or
    3 where the kit says that it was done before. asks: whether it asks Kaggle. trains: whether it takes seconds.
    """

    name: str
    state: str
    words: Words
    again: Callable[[Place, list[str]], list[str] | None] = lambda place, words: words
    done: tuple[int, ...] = (0,)
    asks: bool = False
    trains: bool = False


def _said(*words: str) -> Words:
    return lambda place: list(words)


def _resume(place: Place, words: list[str]) -> list[str] | None:
    """A training goes on in the run that it began, if there is one. Another kind of run is made anew, unless it is whole."""
    stem = f"{SLUG}-{words[words.index('--name') + 1]}-"
    for file in place.home.glob(f"runs/{stem}*/run.json"):
        if (file.parent / "metrics.json").exists():
            return None
        if words[0] == "train":
            return ["train", "--resume", read_json(file)["id"]]
    return words


def _delete(place: Place, words: list[str]) -> list[str] | None:
    """Of a run that is gone there is nothing to type."""
    return words if any(place.home.glob(f"runs/{words[-1]}*/run.json")) else None


VERBS = (
    Verb("download", "fresh", _said("download", SLUG), asks=True),
    Verb("download --from", "fresh", lambda place: ["download", SLUG, "--from", str(place.archive)]),
    Verb("prepare", "downloaded", _said("prepare", SLUG, "--folds", "3")),
    Verb(
        "prepare --reset-folds", "prepared", _said("prepare", SLUG, "--folds", "3", "--reset-folds", "--fold-seed", "1")
    ),
    Verb("prepare --holdout", "prepared", _said("prepare", SLUG, "--folds", "3", "--holdout", "0.2")),
    Verb(
        "new",
        "fresh",
        lambda place: ["new", "stripes", "--from", str(place.archive), "--in", str(place.home / "mine")],
        done=(0, 3),
    ),
    Verb("train", "prepared", _said("train", SLUG, *SHORT, "--name", "c"), _resume, trains=True),
    Verb("train --resume", "interrupted", _said("train", "--resume", f"{SLUG}-c-"), trains=True),
    Verb("ensemble", "trained", _said("ensemble", SLUG, A, B, "--name", "both"), _resume, trains=True),
    Verb(
        "predict", "trained", _said("predict", A, "--tta", "identity,hflip", "--name", "flipped"), _resume, trains=True
    ),
    Verb("report", "trained", _said("report", A, "--quick"), trains=True),
    Verb("report of a competition", "trained", _said("report", SLUG)),
    Verb("review labels", "trained", _said("review", "labels", A)),
    Verb("submit", "trained", _said("submit", SLUG, A)),
    Verb("submit --send", "trained", _said("submit", SLUG, A, "--send"), done=(0, 2), asks=True),
    Verb(
        "submit --send --wait",
        "trained",
        _said("submit", SLUG, A, "--send", "--wait", "--poll", "0", "--timeout", "20"),
        done=(0, 2),
        asks=True,
    ),
    Verb("submissions", "submitted", _said("submissions", SLUG), asks=True),
    Verb("leaderboard", "submitted", _said("leaderboard", SLUG), asks=True),
    Verb("runs push", "trained", lambda place: ["runs", "push", A, "--weights", "--store", str(place.team)]),
    Verb(
        "runs push to Kaggle",
        "trained",
        _said("runs", "push", A, "--store", "kaggle:somebody/our-runs", "--poll", "0"),
        asks=True,
    ),
    Verb("runs pull", "shared", lambda place: ["runs", "pull", "--store", str(place.team), A, "--weights"]),
    Verb("runs note", "trained", _said("runs", "note", A, "worth a look")),
    Verb("runs archive", "trained", _said("runs", "archive", B)),
    Verb("runs delete", "trained", _said("runs", "delete", B), _delete),
    Verb("kernel build", "trained", _said("kernel", "build", SLUG, "--run", A)),
    Verb("kernel push", "built", _said("kernel", "push", KERNEL, "--poll", "0"), asks=True),
)
