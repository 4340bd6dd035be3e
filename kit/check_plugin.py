"""What a competition folder declares, checked when it is loaded: sound fields, known names, and its own metrics and views tried
on small arrays.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from kit import metrics
from kit.competition import Archives, Competition, FinishName, Fit, Metric, Submission, Table, View
from kit.errors import DataError, nearest
from kit.forms import FORMS
from kit.learn.input import views
from kit.learn.input.views import VIEWS
from kit.metrics import METRICS
from kit.targets import KINDS, Target

LIST = (tuple, list)
FIELD_TYPES: dict[str, tuple[Any, str]] = {
    "metric": (str, "a name"),
    "submission": (Submission, "Submission(...)"),
    "archives": (Archives, "Archives(...)"),
    "read": (Callable, "a function (raw folder, part) -> Split"),
    "table": (Table, "Table(numbers=..., categories=...)"),
    "tta": (LIST, "a tuple of names of views"),
    "defaults": (Mapping, "a dict of settings"),
    "runs": (LIST, "a tuple of dicts of settings"),
}
MAX_CHANNELS = 8  # of an image


def check(competition: Competition, file: Path) -> None:
    """Raises DataError naming `file` for the first thing that is wrong."""
    _check_types(competition, file)
    if competition.slug != file.parent.name:
        raise DataError(f"{file}: slug and folder name differ", received=competition.slug, expected=file.parent.name)
    _check_target(f"{file}: target", competition.target)
    if competition.auxiliary is not None:
        _check_target(f"{file}: auxiliary", competition.auxiliary)
    _check_table(competition, file)
    if competition.public_share is not None and not 0 < competition.public_share <= 1:
        raise DataError(f"{file}: public_share is out of range", received=competition.public_share, expected="0 to 1")
    if competition.has_images:
        _check_shape(f"{file}: image_shape", competition.image_shape)
    _check_names(f"{file}: fit", (competition.fit,), dict.fromkeys(get_args(Fit)))
    _check_window(f"{file}: window", competition.window)
    _check_form(competition, file)
    check_own(f"{file}: metrics", competition.metrics, METRICS, Metric)
    _check_metric(f"{file}: metric", competition)
    _check_fit(f"{file}: metric", competition)
    for name in competition.metrics:
        _try_metric(f"{file}: metrics[{name!r}]", name, competition)
    check_own(f"{file}: views", competition.views, VIEWS, Callable)
    _check_names(f"{file}: tta", competition.tta, views.available(competition))
    _check_turned(f"{file}: tta", competition)
    for name, view in competition.views.items():
        _try_view(f"{file}: views[{name!r}]", view, competition.image_shape)


def _check_types(competition: Competition, file: Path) -> None:
    for name, (kind, expected) in FIELD_TYPES.items():
        if not isinstance(value := getattr(competition, name), kind):
            raise DataError(f"{file}: {name} is of another type", received=repr(value), expected=expected)
    for settings in (competition.defaults, *competition.runs):
        if not isinstance(settings, Mapping) or not all(isinstance(key, str) for key in settings):
            expected = "a dict of settings by name"
            raise DataError(f"{file}: defaults or runs hold something else", received=repr(settings), expected=expected)


def _check_table(competition: Competition, file: Path) -> None:
    columns = competition.table.columns
    if isinstance(competition.table.numbers, str) or isinstance(competition.table.categories, str):
        raise DataError(f"{file}: table needs tuples of names", received=competition.table, do='write ("Age",)')
    if len(set(columns)) != len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise DataError(f"{file}: table names a column twice", received=repr(twice))
    if not competition.has_images and not columns:
        do = "image_shape=(height, width, channels), or table=Table(...)"
        raise DataError(f"{file}: neither images nor a table to learn from", do=do)
    if not competition.has_images and (competition.tta != ("identity",) or competition.views or competition.augment):
        raise DataError(f"{file}: tta, views and augment are of images", do="leave them out, or name an image_shape")


def _check_target(what: str, target: Target) -> None:
    if getattr(target, "kind", None) not in KINDS:
        known = 'one of kit.targets, such as Classes(("cat", "dog"))'
        raise DataError(f"{what} is none", received=target, expected=known)
    if fault := target.fault():
        raise DataError(f"{what}: {fault}", received=target.columns)


def _check_shape(what: str, shape: Any) -> None:
    whole = isinstance(shape, tuple) and len(shape) == 3 and all(type(one) is int and one > 0 for one in shape)
    if not whole or shape[2] > MAX_CHANNELS:
        expected = f"(height, width, channels), 1 to {MAX_CHANNELS} channels"
        raise DataError(f"{what} is none", received=repr(shape), expected=expected)


def _check_turned(what: str, competition: Competition) -> None:
    turned, (height, width, _) = [name for name in competition.tta if name in views.TURNED], competition.image_shape
    if turned and height != width:
        received = f"{height} x {width} pixels"
        raise DataError(f"{what} {turned[0]!r} turns images on their side", received=received, expected="square images")


def _check_window(what: str, window: Any) -> None:
    if window is None:
        return
    numbers = isinstance(window, tuple) and all(isinstance(one, int | float) for one in window)
    if not numbers or len(window) != 2 or not -np.inf < window[0] < window[1] < np.inf:
        expected = "(low, high), the values that become 0 and 255"
        raise DataError(f"{what} is none", received=repr(window), expected=expected)


def _check_form(competition: Competition, file: Path) -> None:
    target, form = competition.target, competition.submission
    if form.kind not in FORMS:
        raise DataError(f"{file}: submission.kind {form.kind!r} is unknown", do=nearest(form.kind, FORMS))
    if target.kind not in FORMS[form.kind].kinds:
        fitting = [name for name, one in FORMS.items() if target.kind in one.kinds]
        raise DataError(
            f"{file}: a submission of kind {form.kind!r} holds no {target.kind}", expected=", ".join(fitting)
        )
    if fault := FORMS[form.kind].fault(target, form):
        raise DataError(f"{file}: {fault}", received=form.target_columns, expected=target.columns)


def _check_fit(what: str, competition: Competition) -> None:
    """A metric that cannot judge what the file holds would report another score than the file's."""
    metric, target, form = metrics.find(competition), competition.target.kind, competition.submission.kind
    for wanted, given in ((metric.targets, target), (metric.forms, form)):
        if wanted and given not in wanted:
            fitting = metrics.find_fitting(metrics.available(competition), target, form)
            raise DataError(
                f"{what} {competition.metric!r} does not judge {given}",
                received=f"a target of {target}, a submission of kind {form!r}",
                expected=" or ".join(wanted),
                do=f"metrics that fit: {', '.join(fitting)}" if fitting else "bring a metric of its own",
            )


def check_own(what: str, own: Any, usual: Mapping[str, Any], kind: Any) -> None:
    """Raises DataError unless `own`, what a folder brings beside the usual table, is a dict of new names to things of that
    kind. what: the file and the field.
    """
    if not isinstance(own, Mapping):
        raise DataError(f"{what} are no dict", received=type(own).__name__, expected="names and what they mean")
    for name, thing in own.items():
        if name in usual:
            raise DataError(
                f"{what}[{name!r}] is one of the kit's", expected="a name that the kit has not", do="rename it"
            )
        if not isinstance(thing, kind):
            raise DataError(
                f"{what}[{name!r}] is no {kind.__name__}",
                received=type(thing).__name__,
                expected=f"{kind.__name__}(...)",
            )


def _check_metric(what: str, competition: Competition) -> None:
    try:
        metrics.find(competition)
    except DataError:
        do = nearest(competition.metric, metrics.available(competition))
        raise DataError(f"{what} {competition.metric!r} is unknown", do=do) from None


def _check_names(what: str, names: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in names:
        if name not in known:
            raise DataError(f"{what} {name!r} is unknown", do=nearest(name, known))


def _try_metric(what: str, name: str, competition: Competition) -> None:
    """One of its own. What it makes of a few rows of the target, as the submission says them, has to be what it declares."""
    metric, target = competition.metrics[name], competition.target
    if isinstance(metric.finish, str):
        raise DataError(f"{what} has a finish that is no tuple", received=repr(metric.finish))
    _check_names(f"finish of {what}", metric.finish, dict.fromkeys(get_args(FinishName)))
    if name in metrics.find_fitting(competition.metrics, target.kind, competition.submission.kind):
        labels, values = target.examples()
        _score_rows(what, metric, labels, metrics.prepare_for_scoring(competition, values))


def _score_rows(what: str, metric: Metric, labels: np.ndarray, values: np.ndarray) -> None:
    """The score has to be a number in its range, and the mean of what each row contributes, if it says that."""
    score = _call(what, metric.score, labels, values)
    if not isinstance(score, (int, float, np.integer, np.floating)) or not metric.low <= score <= metric.high:
        raise DataError(f"{what} scores a few rows", received=score, expected=f"{metric.low} to {metric.high}")
    for of_row in filter(None, (metric.per_row, metric.influence)):
        rows = np.asarray(_call(what, of_row, labels, values))
        if rows.shape != labels.shape[:1]:
            raise DataError(f"{what} gives no number per row", received=rows.shape, expected=labels.shape[:1])
        if of_row is metric.per_row and not np.allclose(rows.mean(), score):
            raise DataError(f"{what} is not the mean of its per_row", received=float(rows.mean()), expected=score)


def _try_view(what: str, view: View, shape: tuple[int, int, int]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, *shape), dtype=np.uint8)
    seen = _call(what, view, images)
    if not isinstance(seen, np.ndarray) or (seen.shape, seen.dtype) != (images.shape, images.dtype):
        received = f"{seen.dtype} {seen.shape}" if isinstance(seen, np.ndarray) else type(seen).__name__
        raise DataError(f"{what} changes what images are", received=received, expected=f"uint8 {images.shape}")


def _call(what: str, function: Callable[..., Any], *arrays: np.ndarray) -> Any:
    try:
        return function(*arrays)
    except Exception as error:
        raise DataError(f"{what} fails", received=f"{type(error).__name__}: {error}") from error
