"""What was said of which label, and how sure: a table by label, calibration, the surest mistakes."""

import numpy as np

from kit.metrics import METRICS
from kit.metrics.standard_errors import standard_error
from kit.report.render import html, images
from kit.report.render.html import Card
from kit.report.sections import calibration
from kit.report.sections.mistakes import MAX_SHOWN, show
from kit.report.subject import Subject


def cards(subject: Subject) -> list[Card]:
    metric, labels, said = subject.metrics["metric"], subject.labels, subject.predicted
    figures = {
        "auc": ("AUC", f"{METRICS['auc'].score(labels, subject.unfinished):.4f}", "mean over labels"),
        "micro_f1": ("F1", f"{METRICS['micro_f1'].score(labels, said):.4f}", "of all labels together"),
        "column_log_loss": ("log loss", f"{METRICS['column_log_loss'].score(labels, subject.unfinished):.4f}", ""),
    }
    wrong = int((said != labels).sum())
    return [
        *(card for name, card in figures.items() if name != metric),
        ("all labels right", f"{(said == labels).all(1).mean():.2%}", f"of the {subject.competition.rows_name}"),
        ("mistakes", f"{wrong:,}", f"of {labels.size:,} labels"),
    ]


def label_table(subject: Subject) -> str:
    """A row per label."""
    thresholds, rows, groups = _find_thresholds(subject), [], subject.data.train.groups[subject.rows]
    for number, name in enumerate(subject.competition.target.columns):
        true, said = subject.labels[:, [number]], subject.predicted[:, [number]]
        hits, called, there = int((true & said).sum()), int(said.sum()), int(true.sum())
        area = METRICS["auc"].score(true, subject.unfinished[:, [number]])
        error = standard_error(METRICS["auc"], true, subject.unfinished[:, [number]], groups)
        known = np.isfinite(area)
        rows.append(
            {
                "label": name,
                "AUC": html.share(area) if known else "",
                "±": f"{error:.3f}" if known else "",
                "precision": html.share(hits / called) if called else "",
                "recall": html.share(hits / there) if there else "",
                "F1": html.share(2 * hits / (called + there)) if called + there else "",
                subject.competition.rows_name: there,
                "predicted": called,
                **({"threshold": f"{thresholds[number]:.3f}"} if thresholds else {}),
            }
        )
    words = "A label is predicted above a probability of 0.5."
    if thresholds:
        shown = f"shown is that of the test {subject.competition.rows_name}"
        words = f"A label is predicted above a threshold that was fitted on the other folds; {shown}."
    return html.paragraph(words) + html.table(rows, tall=len(rows) > 20)


def _find_thresholds(subject: Subject) -> list[float]:
    """Those that were fitted and are applied; else none."""
    finish = subject.metrics.get("finish") or {}
    return finish["parameters"].get("thresholds", []) if finish.get("applied") else []


def reliability(subject: Subject) -> str:
    named = subject.competition.rows_name
    bins, error = calibration.measure(subject.unfinished.ravel(), subject.labels.ravel())
    words = (
        f"Expected calibration error {error:.4f}, over all labels of all {named}. On the diagonal a probability means what it "
        "says; bars are two standard errors."
    )
    told = "probability of a label"
    drawn = [
        calibration.diagram(bins, f"labels of {named}", "share that has the label", told),
        calibration.histogram(bins, f"labels of {named}", told),
    ]
    return html.paragraph(words) + html.pair(drawn)


def mistakes(subject: Subject) -> str:
    """The labels, of whatever image, that were wrongly said or missed with the most confidence."""
    apart = np.where(subject.predicted != subject.labels, np.abs(subject.unfinished - subject.labels), -1)
    order = [divmod(int(cell), apart.shape[1]) for cell in np.argsort(-apart, axis=None, kind="stable")[:MAX_SHOWN]]
    tiles = [_tile(subject, place, number) for place, number in order if apart[place, number] >= 0]
    if not tiles:
        return html.empty_note("not a single one")
    return show("The surest first. In red what was predicted, and how sure; below, all of its labels.", tiles)


def _tile(subject: Subject, place: int, number: int) -> str:
    name, train, row = subject.competition.target.columns[number], subject.data.train, subject.rows[place]
    told, said = float(subject.unfinished[place, number]), subject.predicted[place, number]
    names = (name, f"not {name}") if subject.labels[place, number] else (f"not {name}", name)
    [every] = subject.competition.target.caption(subject.labels[[place]])
    caption = images.verdict(train.ids[row], *names, told if said else 1 - told) + f"<br>{html.text(every)}"
    return images.tile(train.images[row], caption, f"{names[0]}, called {names[1]}")


SECTIONS = (
    ("by_label", "Labels by name", label_table),
    ("calibration", "Calibration", reliability),
    ("mistakes", "Surest mistakes", mistakes),
)
