"""A competition folder may bring its own metrics and views; names and functions are checked when it loads."""

from typing import get_args

import numpy as np
import pytest

from kit import metrics
from kit.competition import FinishName
from kit.ensemble.finish import FINISHES
from kit.errors import DataError
from kit.json_files import read_json
from kit.learn.input import views
from kit.plugins import load
from kit.runs import find

OWN = """
from kit.competition import Metric, Table


def misses(labels, probabilities):
    return (probabilities.argmax(1) != labels).sum()


def upside_down(images):
    return images[:, ::-1, ::-1]

"""


@pytest.fixture
def write(plugins):
    """Writes tiny-stripes again with other fields, then loads it."""

    def run(**fields: str):
        file = plugins / "tiny-stripes" / "competition.py"
        text = file.read_text().replace("COMPETITION = ", OWN + "COMPETITION = ")
        for name, value in fields.items():
            before = {
                "metric": 'metric="accuracy",',
                "tta": 'tta=("identity", "hflip"),',
                "image_shape": "image_shape=SHAPE,",
            }.get(name)
            text = text.replace(before or "    read=read,", f"{name}={value}," + ("" if before else "\n    read=read,"))
        file.write_text(text)
        return load("tiny-stripes", [plugins])

    return run


MISSES = '{"misses": Metric(misses, greater_is_better=False, high=float("inf"))}'
VIEWS = '{"upside_down": upside_down}'


def test_its_own_metric_and_view_are_used_by_their_names(write):
    competition = write(metric='"misses"', metrics=MISSES, tta='("identity", "upside_down")', views=VIEWS)
    judged = metrics.evaluate(competition, np.array([0, 1, 2]), np.eye(3)[[0, 0, 0]])
    assert judged["score"] == 2.0 and type(judged["score"]) is float and judged["error"] >= 0
    views.check(("upside_down",), competition)
    assert (
        "upside_down" not in views.VIEWS
        and views.available(competition)["upside_down"](np.zeros((1, 2, 2, 1))).any() == 0
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"metric": '"acuracy"'}, "metric 'acuracy' is unknown; did you mean 'accuracy'"),
        ({"metric": '"auc"'}, "metric 'auc' does not judge label; .*; metrics that fit: accuracy"),
        ({"metric": '"mises"', "metrics": MISSES}, "did you mean 'misses'"),
        ({"tta": '("identity", "hflipp")'}, "tta 'hflipp' is unknown; did you mean 'hflip'"),
        ({"metrics": '{"accuracy": Metric(misses, greater_is_better=False)}'}, "a name that the kit has not"),
        ({"metrics": '{"misses": misses}'}, "received function; expected Metric"),
        ({"metrics": "[misses]"}, "received list"),
        ({"metrics": '{"misses": Metric(misses, greater_is_better=False)}'}, r"metrics\['misses'\].*expected 0.0 to 1.0"),
        ({"metrics": '{"m": Metric(lambda a: 0.5, greater_is_better=True)}'}, "fails; received TypeError"),
        ({"metrics": '{"m": Metric(lambda a, b: 0.5, True, per_row=lambda a, b: a * 0.0)}'}, "mean of its per_row"),
        ({"metrics": '{"m": Metric(lambda a, b: 0.5, True, influence=lambda a, b: 0.0)}'}, r"no number per row; received \(\)"),
        ({"metrics": '{"m": Metric(lambda a, b: 0.5, True, finish=("cut point",))}'}, "did you mean 'cut points'"),
        ({"metrics": '{"m": Metric(lambda a, b: 0.5, True, finish="cut points")}'}, "no tuple; received 'cut points'"),
        ({"views": '{"half": lambda images: images / 2}'}, r"received float64 \(2, 8, 8, 1\); expected uint8"),
        ({"views": '{"none": None}'}, "received NoneType; expected Callable"),
        ({"table": '("age",)'}, r"received \('age',\); expected Table"),
        ({"table": 'Table(numbers="age")'}, "table needs tuples of names"),
        ({"table": 'Table(("age",), ("age",))'}, "table names a column twice; received 'age'"),
        ({"image_shape": "(0, 0, 0)"}, "neither images nor a table to learn from"),
        ({"image_shape": "(0, 0, 0)", "table": 'Table(("age",))'}, "tta, views and augment are of images"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_is_said_when_it_loads(write, fields, words):
    with pytest.raises(DataError, match=r"competition\.py: .*" + words):
        write(**fields)


def test_map_at_any_k_loads(write):
    assert metrics.find(write(metric='"map@7"')).greater_is_better


def test_a_metric_can_name_every_finish():
    assert set(get_args(FinishName)) == set(FINISHES)
    assert {name for metric in metrics.METRICS.values() for name in metric.finish} <= set(FINISHES)


def test_a_training_is_judged_by_the_metric_and_averages_the_view(cli, prepared, write):
    write(metric='"misses"', metrics=MISSES, tta='("identity", "upside_down")', views=VIEWS)
    told = cli("train", "tiny-stripes", "--folds", "1", "--set", "epochs=1")
    run = find(told.stdout.splitlines()[-1])
    assert run.config.tta == ("identity", "upside_down") and read_json(run.metrics)["metric"] == "misses"
    worse = cli("predict", run.id, "--tta", "identity").stdout.splitlines()[-1]
    scores = {read_json(find(one).metrics)["score"]: one for one in (run.id, worse)}
    listed = cli("runs", "list", "--sort", "score", "--json").stdout
    assert listed.index(scores[min(scores)]) < listed.index(scores[max(scores)]) or len(scores) == 1


@pytest.mark.parametrize("window", ["(4095, 0)", "(0, 4095, 1)", "4095", '("0", "1")', '(0, float("nan"))'])
def test_a_window_that_is_none_is_refused(write, window):
    with pytest.raises(DataError, match=r"competition\.py: window is none; received .*; expected \(low, high\)"):
        write(window=window)


def test_an_unknown_fit_is_refused(write):
    with pytest.raises(DataError, match=r"fit 'leterbox' is unknown.*letterbox"):
        write(fit='"leterbox"')


def test_a_view_that_turns_an_image_on_its_side_is_refused_unless_it_is_square(write, plugins):
    file = plugins / "tiny-stripes" / "competition.py"
    assert write(tta='("identity", "rot90", "rot180")').tta[1] == "rot90"
    file.write_text(file.read_text().replace("image_shape=SHAPE", "image_shape=(8, 16, 1)"))
    with pytest.raises(
        DataError, match=r"tta 'rot90' turns images on their side; received 8 x 16 pixels; expected square"
    ):
        load("tiny-stripes", [plugins])
    file.write_text(file.read_text().replace('"rot90", ', ""))
    assert load("tiny-stripes", [plugins]).tta == ("identity", "rot180")
