"""What a page says of predictions, for each kind of target: its sections and the figures of its summary."""

from collections.abc import Callable

from kit.report.render.html import Card
from kit.report.sections import classes, grades, labels, numbers, votes
from kit.report.subject import Subject

# Name, title, and what makes the body: HTML, empty if there is nothing to say of this run.
Row = tuple[str, str, Callable[[Subject], str]]

SECTIONS: dict[str, tuple[Row, ...]] = {
    "classes": classes.SECTIONS,
    "grades": grades.SECTIONS,
    "votes": votes.SECTIONS,
    "labels": labels.SECTIONS,
    "numbers": numbers.SECTIONS,
}
CARDS: dict[str, Callable[[Subject], list[Card]]] = {
    "classes": classes.cards,
    "grades": grades.cards,
    "votes": votes.cards,
    "labels": labels.cards,
    "numbers": numbers.cards,
}
