"""The verbs that write something, each with the state that it begins with; and those that are not disturbed, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from kit.json_files import read_json
from tests.reliability.place import SLUG, Place
from tests.reliability.states import KERNEL, SHORT, TRAINING, A, B

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
    """A training goes on in the run that it began, if there is one. Another kind of run is made anew, unless it is whole. What
    is whole is pushed, if that was asked for.
    """
    stem = f"{SLUG}-{words[words.index('--name') + 1]}-"
    for file in place.home.glob(f"runs/{stem}*/run.json"):
        run, pushed = read_json(file)["id"], "--push" in words
        if (file.parent / "metrics.json").exists():
            return ["runs", "push", run, "--store", str(place.team)] if pushed else None
        if words[0] == "train":
            return ["train", "--resume", run, *["--push", "--store", str(place.team)] * pushed]
    return words


def _rename(place: Place, words: list[str]) -> list[str] | None:
    """A folder that has not yet the id of its run is called by its name, as `kit runs` says it."""
    for file in place.home.glob(f"runs/{SLUG}-{words[-1]}-*/run.json"):
        folder = file.parent.name
        return None if read_json(file)["id"] == folder else [*words[:2], folder, words[-1]]
    return words


def _restore(place: Place, words: list[str]) -> list[str] | None:
    """Of a run that is back there is nothing to type."""
    return None if any(place.home.glob(f"runs/{words[-1]}*/run.json")) else words


def _import(place: Place) -> list[str]:
    run = next(place.home.glob(f"runs/{A}*"))
    return ["runs", "import", SLUG, "--oof", str(run / "oof.npz"), "--test", str(run / "test.npz"), "--name", "theirs"]


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
    Verb("augment-preview", "prepared", _said("augment-preview", SLUG)),
    Verb("lr-find", "prepared", _said("lr-find", SLUG, "--batches", "20"), trains=True),
    Verb(
        "tune",
        "prepared",
        _said("tune", SLUG, "--trials", "2", "--space", "learning_rate=0.01:0.1:log", "--set", "epochs=1"),
        trains=True,
    ),
    Verb("train", "prepared", _said("train", SLUG, *SHORT, "--name", "c"), _resume, trains=True),
    Verb("train --resume", "interrupted", _said("train", "--resume", f"{SLUG}-c-"), trains=True),
    Verb(
        "train --push",
        "prepared",
        lambda place: ["train", SLUG, *SHORT, "--name", "c", "--push", "--store", str(place.team)],
        _resume,
        trains=True,
    ),
    Verb("ensemble", "trained", _said("ensemble", SLUG, A, B, "--name", "both"), _resume, trains=True),
    Verb(
        "predict", "trained", _said("predict", A, "--tta", "identity,hflip", "--name", "flipped"), _resume, trains=True
    ),
    Verb(
        "predict photos",
        "trained",
        lambda place: ["predict", A, str(place.given / "photo.png"), "--csv", str(place.home / "said.csv")],
        trains=True,
    ),
    Verb("diff --sheet", "trained", lambda place: ["diff", A, B, "--sheet", str(place.home / "differ.png")]),
    Verb("report", "trained", _said("report", A, "--quick"), trains=True),
    Verb("report of a competition", "trained", _said("report", SLUG)),
    Verb("review labels", "trained", _said("review", "labels", A)),
    Verb("review apply", "prepared", lambda place: ["review", "apply", SLUG, str(place.given / "corrections.csv")]),
    Verb("review twins", "prepared", _said("review", "twins", SLUG, "--at-least", "0.97"), trains=True),
    Verb("submit", "trained", _said("submit", SLUG, A)),
    Verb("submit --local", "held out", _said("submit", SLUG, A, "--local", "--reveal")),
    Verb("submit --send", "trained", _said("submit", SLUG, A, "--send"), done=(0, 2), asks=True),
    Verb(
        "submit --send --wait",
        "trained",
        _said("submit", SLUG, A, "--send", "--wait", "--poll", "0", "--timeout", "20"),
        done=(0, 2),
        asks=True,
    ),
    Verb(
        "submit --queue --send",
        "trained",
        lambda place: ["submit", SLUG, "--queue", "--send", "--store", str(place.team)],
        done=(0, 3),  # of the queue nothing is left
        asks=True,
    ),
    Verb("submissions", "submitted", _said("submissions", SLUG), asks=True),
    Verb("leaderboard", "submitted", _said("leaderboard", SLUG, "--picture"), asks=True),
    Verb("team --claim", "listed", lambda place: ["team", SLUG, "--store", str(place.team), "--claim", A], asks=True),
    Verb("next", "submitted", _said("next", SLUG), asks=True),
    Verb("pick", "submitted", _said("pick", SLUG, "--all"), asks=True),
    Verb("kernel build", "trained", _said("kernel", "build", SLUG, "--run", A)),
    Verb("kernel push", "built", _said("kernel", "push", KERNEL, "--poll", "0"), asks=True),
    Verb("kernel output", "pushed", _said("kernel", "output", TRAINING, "--wait", "--poll", "0"), asks=True),
    Verb("kernel submit", "pushed", _said("kernel", "submit", TRAINING, "--poll", "0"), done=(0, 2), asks=True),
    Verb("runs push", "trained", lambda place: ["runs", "push", A, "--weights", "--store", str(place.team)]),
    Verb(
        "runs push to Kaggle",
        "trained",
        _said("runs", "push", A, "--store", "kaggle:somebody/our-runs", "--poll", "0"),
        asks=True,
    ),
    Verb("runs pull", "shared", lambda place: ["runs", "pull", "--store", str(place.team), A, "--weights"]),
    Verb(
        "runs folds", "other folds", lambda place: ["runs", "folds", "--store", str(place.team), SLUG, "--reset-folds"]
    ),
    Verb("runs import", "trained", _import, _resume),
    Verb("runs note", "trained", _said("runs", "note", A, "worth a look")),
    Verb("runs archive", "trained", _said("runs", "archive", B)),
    Verb("runs rename", "trained", _said("runs", "rename", B, "other"), _rename),
    Verb("runs delete", "trained", _said("runs", "delete", B), _delete),
    Verb("runs restore", "deleted", _said("runs", "restore", B), _restore),
    Verb("runs empty-trash", "deleted", _said("runs", "empty-trash", "--yes")),
)

WRITE_NOTHING = (
    "list",
    "doctor",
    "completion",
    "plan",
    "review compare",
    "runs list",
    "runs compare",
    "runs remote",
    "kernel status",
)
NOT_DISTURBED = {
    "run": "every call trains anew; its steps are the verbs of this list",
    "demo": "is `run` of another competition, and takes minutes",
    "kernel try": "runs in a folder of the system's own for what is temporary, with Kaggle's Python",
    "runs sync": "MLflow writes there, in a database of its own",
}
