"""report.html: one self-contained page about a run. A section is a function of the subject; this is their table."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from kit.competition import Competition
from kit.errors import ConfigError, KitError
from kit.files import write_text
from kit.learn import recipes
from kit.progress import bar
from kit.report import links, subject
from kit.report.render import html
from kit.report.render.html import Section
from kit.report.sections import by_kind, columns, ensemble_members, learning, review, sheets, shift
from kit.report.sections.by_kind import Row
from kit.report.subject import Subject
from kit.runs import Run

About = TypeVar("About")  # what a page is about: a run (Subject), or a competition


def _activation(about: Subject) -> str:
    from kit.report.sections import class_maps

    return class_maps.activation(about)


def _importance(about: Subject) -> str:
    from kit.report.sections import importance

    return importance.section(about)


def _filters(about: Subject) -> str:
    from kit.report.sections import networks

    return networks.filters(about)


# In the order of the page; between the two stand those of the target's kind.
OF_THE_RUN: tuple[Row, ...] = (
    ("summary", "Summary", learning.summary),
    ("ensemble", "Ensemble", ensemble_members.members),
    ("curves", "Learning curves", learning.curves),
)
OF_THE_IMAGES: tuple[Row, ...] = (
    ("labels", "Likely label errors", review.labels),
    ("duplicates", "Near-duplicates", review.duplicates),
    ("activation", "Class activation (Grad-CAM)", _activation),
    ("filters", "Filters and maps", _filters),
    ("augmentation", "Augmentation", sheets.augmentation),
    ("views", "Test-time views", sheets.views),
    ("importance", "Importance of columns", _importance),
    ("shift", "Train and test", lambda about: shift.section(about.data)),
    ("columns", "Columns in train and test", lambda about: columns.section(about.competition, about.data)),
    ("settings", "Settings", learning.settings),
)
NETWORK = ("activation", "filters", "importance")  # what loads Keras and weights
PROBABILITIES = ("labels", "activation")  # what needs all probabilities of a row
SEEN = ("activation", "filters", "augmentation", "views")  # of runs that learn from images


def write(
    run: Run, competition: Competition, *, quick: bool = False, layer: int = 1, coming: Collection[Run] = ()
) -> Path:
    """Writes report.html into the run's folder. Raises DataError for a run that is not finished, ConfigError for a
    convolution that its network does not have.

    quick: without the sections that need the network (and Keras). layer: the convolution whose filters and feature maps
    are shown, counted from 1. coming: runs whose pages are about to be written: this one links to those that it was made of,
    or that were made of it, as to such pages that are there.
    """
    about = subject.load(run, competition, layer)
    without = {*(NETWORK if quick or not run.has_models else ()), *(() if _sees_images(about) else SEEN)}
    wanted = [row for row in _list_sections(about) if row[0] not in without]
    shown = bar(wanted, label="report", unit="section")
    sections = [make_section(name, title, make, about) for name, title, make in shown]
    sections.insert(1, Section("related", "Related pages", links.section(run, coming)))
    target = run.folder / links.PAGE
    write_text(target, html.page(run.id, competition.title, _chips(run), sections, f"kit report {run.id}"))
    return target


def _list_sections(about: Subject) -> list[Row]:
    if about.whole:
        return [*OF_THE_RUN, *by_kind.SECTIONS[about.competition.target.kind], *OF_THE_IMAGES]
    return [*OF_THE_RUN, ("classes", "Classes", _lack), *(row for row in OF_THE_IMAGES if row[0] not in PROBABILITIES)]


def _lack(about: Subject) -> str:
    kept, classes = about.values.shape[1], len(about.competition.target.columns)
    return html.empty_note(
        f"Confusions, calibration, mistakes, label errors and class activation are left out: of each row only the {kept} most "
        f"probable of {classes:,} classes are kept."
    )


def _sees_images(about: Subject) -> bool:
    competition, run = about.competition, about.run
    return competition.has_images and (not run.has_models or recipes.find(competition, run.config).reads == "images")


def _chips(run: Run) -> list[str]:
    """What sort of run it is, in a few words."""
    config = run.config
    about = [run.kind, config.recipe] if run.has_models else [run.kind]
    dealt = f"{config.folds} fold" + ("s" if config.folds > 1 else "")
    seeds = [f"{config.seeds} seeds"] if config.seeds > 1 else []
    return [*about, config.backbone, dealt, *seeds, html.when(run.created)]


def make_section(name: str, title: str, make: Callable[[About], str], about: About) -> Section:
    """A section; where something that it needs is missing, one that says so. Raises ConfigError for wrong settings."""
    try:
        return Section(name, title, make(about))
    except ConfigError:
        raise
    except KitError as error:
        return Section(name, title, html.empty_note(str(error)))
