"""How near predicted shares of classes come to the given ones: a table by class, calibration, the farthest off."""

import numpy as np

from kit.report.render import html
from kit.report.render.html import Card
from kit.report.sections import calibration
from kit.report.sections.mistakes import show_farthest
from kit.report.subject import Subject


def cards(subject: Subject) -> list[Card]:
    target, labels, values = subject.competition.target, subject.labels, subject.values
    made = (
        []
        if subject.metrics["metric"] == "kl_divergence"
        else [("KL divergence", f"{target.losses(labels, values).mean():.4f}", "")]
    )
    return [
        *made,
        ("votes off", f"{target.distance(values, labels).mean():.2%}", "on average"),
        (
            "same class first",
            f"{(values.argmax(1) == labels.argmax(1)).mean():.2%}",
            f"of the {subject.competition.rows_name}",
        ),
    ]


def class_table(subject: Subject) -> str:
    """A row per class."""
    rows = []
    for number, name in enumerate(subject.competition.target.columns):
        given, told = (values[:, number].astype(float) for values in (subject.labels, subject.values))
        rows.append(
            {
                "class": name,
                "mean share": html.share(given.mean()),
                "predicted": html.share(told.mean()),
                "mean difference": f"{np.abs(told - given).mean():.3f}",
                "correlation": f"{np.corrcoef(given, told)[0, 1]:.3f}" if given.std() and told.std() else "",
            }
        )
    return html.table(rows, tall=len(rows) > 20)


def reliability(subject: Subject) -> str:
    bins, error = calibration.measure(subject.values.ravel(), subject.labels.ravel())
    counted = f"Shares of all classes of all {subject.competition.rows_name}"
    words = f"{counted}, predicted and given: off by {error:.4f} on average over the bins."
    told = "share predicted"
    drawn = [
        calibration.diagram(bins, "shares", "share given", told, bars=False),
        calibration.histogram(bins, "shares", told),
    ]
    return html.paragraph(words) + html.pair(drawn)


def mistakes(subject: Subject) -> str:
    return show_farthest(
        "The largest divergence first: above the shares that were given, in red the predicted ones.", subject
    )


SECTIONS = (
    ("classes", "Classes", class_table),
    ("calibration", "Calibration", reliability),
    ("mistakes", "Farthest off", mistakes),
)
