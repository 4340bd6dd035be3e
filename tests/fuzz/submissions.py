"""Submission files of every form, and the validator as their reader."""

import dataclasses
from pathlib import Path

from kit.competition import Competition, Submission
from kit.submission.read_back import read_back
from kit.submission.sample import Sample
from kit.submission.validate import validate
from kit.targets import Classes, Labels, Numbers
from tests.fuzz.mutations import Input, mutated
from tests.submission.conftest import CLASSES, competition

IDS = ("7", "007", "a b", "4", "5", "6")
FORMS = {
    "label": (Submission("id", ("answer",), values=("1", "2", "3")), "accuracy", Classes(CLASSES), "1"),
    "one": (Submission("id", ("answer",), kind="probability", of=("dog",)), "log_loss", Classes(CLASSES), "0.25"),
    "probability": (
        Submission("id", ("owl", "cat", "dog"), kind="probability"),
        "log_loss",
        Classes(CLASSES),
        ".2,.3,0.5",
    ),
    "ranking": (Submission("id", ("answer",), kind="ranking"), "map@3", Classes(CLASSES), "cat owl dog"),
    "labels": (Submission("id", ("answer",), kind="labels"), "micro_f1", Labels(CLASSES), "cat dog"),
    "value": (Submission("id", ("answer",), kind="value"), "rmse", Numbers(("size",), low=0, high=9), "2.5"),
}


def make_competition(name: str) -> Competition:
    form, metric, target, _ = FORMS[name]
    return dataclasses.replace(competition(form, metric), target=target)


def _submission(name: str) -> Input:
    form, _, _, said = FORMS[name]
    lines = [",".join(("id", *form.target_columns)), *(f"{one},{said}" for one in IDS)]
    return Input(name, "".join(f"{line}\n" for line in lines).encode())


def read_submission(given: Input, folder: Path) -> None:
    judged = make_competition(given.name)
    form = judged.submission
    validate(given.data, judged, Sample((form.id_column, *form.target_columns), IDS))
    read_back(judged, given.data)  # what passed can be scored


SUBMISSIONS = mutated([_submission(name) for name in FORMS])
