"""What is said of grades beside what is said of classes: how many grades a prediction is off."""

import numpy as np

from kit.report.render.html import Card
from kit.report.sections import classes
from kit.report.subject import Subject


def cards(subject: Subject) -> list[Card]:
    off = np.abs(subject.predicted - subject.labels)
    return [
        *classes.cards(subject),
        ("grades off", f"{off.mean():.3f}", "on average"),
        ("at most one off", f"{(off <= 1).mean():.2%}", ""),
    ]


def mistakes(subject: Subject) -> str:
    off = np.abs(subject.predicted - subject.labels)[subject.wrong]
    order = np.argsort(-off, kind="stable")
    return classes.draw_mistakes(subject, subject.wrong[order], "first those that are the most grades off")


SECTIONS = (*classes.SECTIONS[:-1], ("mistakes", "Worst mistakes", mistakes))
