"""One of several classes in their order, such as grades of a disease: learned as classes, decided by cut points."""

from dataclasses import dataclass

from kit.targets.classes import Classes


@dataclass(frozen=True)
class Grades(Classes):
    """columns: the grades, the least first; their places 0, 1, 2, ... are what a metric reckons with. Else as Classes."""

    kind = "grades"
    named = "grades"
    counted = "grade"
