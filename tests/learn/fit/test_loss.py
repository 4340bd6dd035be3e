"""The losses, by values from other libraries and from the formulas of their papers."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from kit.config import Config
from kit.errors import ConfigError
from kit.learn import recipes
from kit.learn.fit.loss import balance, build
from kit.plugins import load
from kit.targets import Classes, Grades, Labels, Numbers, Votes

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 3, (40, 3)).astype(np.float32)
truth = RNG.choice(3, 40, p=[0.7, 0.2, 0.1])
NAMES = ("a", "b", "c")
CLASSES, LABELS, NUMBERS, VOTES = Classes(NAMES), Labels(NAMES), Numbers(NAMES), Votes(NAMES)
ONE_HOT = CLASSES.tell(truth)
SEVERAL = (RNG.random((40, 3)) < [0.1, 0.3, 0.6]).astype(np.float32)
MODEL = keras.Sequential([keras.Input((3,))])


def _loss(target, told, logits=LOGITS, rows=None, **settings):
    config = Config(**{"label_smoothing": 0.0, **settings})
    return float(build(config, target, MODEL, told if rows is None else rows)(told, logits))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_focal_with_gamma_0_is_cross_entropy(smoothing):
    same = {"label_smoothing": smoothing}
    assert _loss(CLASSES, ONE_HOT, loss="focal", focal_gamma=0.0, **same) == pytest.approx(
        _loss(CLASSES, ONE_HOT, **same), rel=1e-5
    )
    plain = pytest.approx(_loss(LABELS, SEVERAL, **same), rel=1e-5)
    assert _loss(LABELS, SEVERAL, loss="binary_focal", focal_gamma=0.0, **same) == plain
    powerless = {"asymmetric_positive": 0.0, "asymmetric_negative": 0.0, "asymmetric_margin": 0.0}
    assert _loss(LABELS, SEVERAL, loss="asymmetric", **powerless, **same) == plain


def test_focal_and_asymmetric_are_the_formulas_of_their_papers():
    true = CLASSES.activate(LOGITS)[np.arange(40), truth].astype(np.float64)
    assert _loss(CLASSES, ONE_HOT, loss="focal") == pytest.approx(np.mean(-((1 - true) ** 2) * np.log(true)), rel=1e-4)
    yes = LABELS.activate(LOGITS).astype(np.float64)
    focal = -(SEVERAL * (1 - yes) ** 2 * np.log(yes) + (1 - SEVERAL) * yes**2 * np.log(1 - yes))
    assert _loss(LABELS, SEVERAL, loss="binary_focal") == pytest.approx(focal.mean(), rel=1e-4)
    shifted = np.maximum(yes - 0.05, 0)
    asymmetric = -(SEVERAL * (1 - yes) * np.log(yes) + (1 - SEVERAL) * shifted**4 * np.log(1 - shifted))
    assert _loss(LABELS, SEVERAL, loss="asymmetric", asymmetric_positive=1.0) == pytest.approx(
        asymmetric.mean(), rel=1e-4
    )


def test_kl_is_the_divergence_from_the_votes():
    shares = VOTES.encode(RNG.integers(0, 5, (40, 3)) + np.eye(3, dtype=int)[0])
    expected = VOTES.losses(shares, VOTES.activate(LOGITS)).mean()
    assert _loss(VOTES, shares, loss="kl") == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("name", "power"), [("squared", 2), ("absolute", 1)])
def test_errors_of_numbers(name, power):
    assert _loss(NUMBERS, SEVERAL, loss=name) == pytest.approx((np.abs(LOGITS - SEVERAL) ** power).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("target", "told", "names"),
    [
        (CLASSES, ONE_HOT, ("cross_entropy", "focal")),
        (VOTES, ONE_HOT, ("cross_entropy", "kl")),
        (LABELS, SEVERAL, ("binary_cross_entropy", "binary_focal", "asymmetric")),
        (NUMBERS, SEVERAL, ("huber", "squared", "absolute")),
    ],
)
def test_every_loss_has_a_finite_slope_where_the_network_is_sure_and_right_or_wrong(target, told, names):
    assert target.network_losses == names
    for name in names:
        network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, use_bias=False)])
        network.set_weights([np.eye(3)])
        config = Config(loss=name, label_smoothing=0.0, focal_gamma=0.5)
        network.compile(keras.optimizers.SGD(1e-3), build(config, target, network, told))
        for sure in (60 * told - 30, 30 - 60 * told):
            network.train_on_batch(sure.astype(np.float32), told)
        assert np.isfinite(network.get_weights()[0]).all()


def test_balanced_weights_are_those_of_scikit_learn():
    expected = compute_class_weight("balanced", classes=np.arange(3), y=truth)
    assert np.allclose(balance(CLASSES, ONE_HOT), expected, rtol=1e-5)
    for label, (no, yes) in enumerate(balance(LABELS, SEVERAL).T):
        wanted = compute_class_weight("balanced", classes=np.arange(2), y=SEVERAL[:, label])
        assert np.allclose([no, yes], wanted, rtol=1e-5)
    none, present = balance(CLASSES, ONE_HOT[truth < 2]), truth[truth < 2]
    assert np.allclose(none[:2], compute_class_weight("balanced", classes=np.arange(2), y=present), rtol=1e-5)


@pytest.mark.parametrize("name", ["cross_entropy", "focal"])
def test_balanced_classes_weigh_as_much(name):
    each = [_loss(CLASSES, ONE_HOT[truth == place], LOGITS[truth == place], loss=name) for place in range(3)]
    assert _loss(CLASSES, ONE_HOT, loss=name, class_weights="balanced") == pytest.approx(np.mean(each), rel=1e-4)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_focal", "asymmetric"])
def test_yes_and_no_of_a_balanced_label_weigh_as_much(name):
    def mean(label, said):
        rows = SEVERAL[:, label] == said
        return _loss(LABELS, SEVERAL[rows, label][:, None], LOGITS[rows, label][:, None], loss=name)

    expected = np.mean([mean(label, said) for label in range(3) for said in (0, 1)])
    assert _loss(LABELS, SEVERAL, loss=name, class_weights="balanced") == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("target", "settings", "words"),
    [
        (
            CLASSES,
            {"loss": "asymmetric"},
            "loss asymmetric has no meaning for classes; expected one of cross_entropy, f",
        ),
        (Grades(NAMES), {"loss": "huber"}, "loss huber has no meaning for grades"),
        (LABELS, {"loss": "focal"}, "loss focal has no meaning for labels; .* binary_focal, asymmetric"),
        (NUMBERS, {"loss": "kl"}, "loss kl has no meaning for numbers; expected one of huber, squared, absolute"),
        (NUMBERS, {"class_weights": "balanced"}, "setting class_weights has no meaning for numbers; .* expected none"),
        (NUMBERS, {"max_imbalance": 2}, "setting max_imbalance has no meaning for numbers; .* expected 0"),
        (NUMBERS, {"label_smoothing": 0.2}, "setting label_smoothing has no meaning for numbers"),
        (
            NUMBERS,
            {"recipe": "distill", "teacher_temperature": 4.0},
            "setting teacher_temperature has no meaning for nu",
        ),
        (
            NUMBERS,
            {"recipe": "pseudo", "pseudo_confidence": 0.5},
            "setting pseudo_confidence has no meaning for numbers",
        ),
    ],
)
def test_what_has_no_meaning_for_a_target_is_refused_before_anything_is_trained(target, settings, words):
    competition = replace(load("cifar-10"), target=target)
    with pytest.raises(ConfigError, match=words):
        recipes.check(competition, Config(**settings))
    recipes.check(competition, Config())
