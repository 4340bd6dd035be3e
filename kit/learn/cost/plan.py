"""How long a run takes, and what of it fits into a budget: arithmetic on times that kit.learn.cost.timing has measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SESSION_HOURS, WEEK_HOURS, CPU_CORES = 12, 30, 4  # Kaggle's: of any session; of GPUs in a week; of its CPU machine

# What is given up first. Another seed gains least. A fold less is a member less in the mean, while every member with half
# the epochs is a worse one. Views are cheap, and cost none of what was learned.
ORDER = ("seeds", "folds", "views", "epochs")


@dataclass(frozen=True)
class Times:
    """Seconds on this machine. epochs: one epoch for each number in Work.epochs. start: of a member, until its first batch.
    view: of a member, over its fold and the test images. once, once_per_view: features that all members share.
    """

    epochs: tuple[float, ...] = ()
    start: float = 0.0
    view: float = 0.0
    once: float = 0.0
    once_per_view: float = 0.0


@dataclass(frozen=True)
class Work:
    """What a run is asked for. epochs: a number per stage, or one for all stages; none for a recipe without epochs."""

    folds: int
    seeds: int
    views: int
    epochs: tuple[int, ...] = ()

    def member(self, times: Times) -> float:
        """Seconds of one member: trained, and predicted with. The same of a fold if there is one seed."""
        learned = sum(count * seconds for count, seconds in zip(self.epochs, times.epochs, strict=True))
        return times.start + learned + self.views * times.view

    def run(self, times: Times) -> float:
        return times.once + self.views * times.once_per_view + self.folds * self.seeds * self.member(times)


def extrapolate(rows: int, timed: Sequence[tuple[int, float]]) -> float:
    """Seconds of `rows` images by one or two pairs (images, seconds), the second of more images: along the line through both,
    else in proportion to the last.
    """
    (fewer, quick), (more, slow) = timed[0], timed[-1]
    if more > fewer and slow > quick:
        return quick + (slow - quick) * (rows - fewer) / (more - fewer)
    return slow * rows / more


def fit_budget(asked: Work, times: Times, seconds: float) -> Work | None:
    """As much of `asked` as takes no longer than that: reduced in ORDER, each to one before the next; then what was reduced
    in vain is given back, the dearest first. None if not even the least fits. Stages keep their proportions.
    """
    most = {"seeds": asked.seeds, "folds": asked.folds, "views": asked.views, "epochs": sum(asked.epochs)}

    def work(levels: dict[str, int]) -> Work:
        epochs = tuple(max(1, count * levels["epochs"] // most["epochs"]) for count in asked.epochs)
        return Work(levels["folds"], levels["seeds"], levels["views"], epochs)

    def fits(levels: dict[str, int]) -> bool:
        return work(levels).run(times) <= seconds

    levels = dict(most)
    for setting in ORDER:
        while not fits(levels) and levels[setting] > 1:
            levels[setting] -= 1
    if not fits(levels):
        return None
    for setting in reversed(ORDER):
        while levels[setting] < most[setting] and fits(levels | {setting: levels[setting] + 1}):
            levels[setting] += 1
    return work(levels)


def sessions(seconds: float) -> int:
    """Of Kaggle's, at least; a run is cut between members, so it may be more."""
    return math.ceil(seconds / (SESSION_HOURS * 3600))


def format_duration(seconds: float) -> str:
    """For people: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
