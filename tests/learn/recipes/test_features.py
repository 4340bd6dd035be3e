"""A linear head on frozen features, where the rows are few, rare or alike."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from kit import discriminant
from kit.learn.recipes import features, many_classes
from kit.targets import Classes, Numbers
from tests.learn.recipes.conftest import make_member


def test_a_feature_that_slept_in_training_has_no_say_when_it_wakes(prepared, home):
    member = make_member(prepared, home, recipe="features", head_strength=0.1)
    seen = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    seen[:, 7] = 1e-6 * member.data.train.labels
    kernel, _, _ = features.solve(member, [seen])
    assert np.abs(kernel[:7]).max() > 1e-3 and np.abs(kernel[7]).max() < 1e-3
    seen[:] = 1
    assert np.isfinite(features.solve(member, [seen])[0]).all()


@pytest.mark.filterwarnings("ignore:The number of unique classes:UserWarning:sklearn")  # three rows of each, on purpose
def test_the_head_s_strength_is_found_where_a_class_is_too_rare_for_every_split(prepared, home):
    draw = np.random.default_rng(0)
    member = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    labels = np.repeat(np.arange(30), 3)
    rare = replace(member.data.train, labels=labels, groups=np.arange(90))
    member = replace(
        member,
        competition=replace(prepared, target=Classes(tuple(map(str, range(30))))),
        data=replace(member.data, train=rare),
    )
    kernel, _, strength = features.solve(member, [(draw.normal(size=(90, 8)) + labels[:, None]).astype(np.float32)])
    assert strength in features.STRENGTHS and kernel.shape == (8, 30) and np.isfinite(kernel).all()


def test_the_head_s_strength_is_judged_on_other_patients(prepared, home):
    draw, patients = np.random.default_rng(0), np.arange(90) // 6
    member = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    who = (
        np.eye(15)[patients] + draw.normal(size=(90, 15)) / 10
    )  # tells the patient, and so the label of others of this one
    labels = draw.integers(0, 3, 15)[patients]
    found = []
    for groups in (np.arange(90), patients, np.zeros(90, np.int64)):
        train = replace(member.data.train, labels=labels, groups=groups)
        found.append(
            features.solve(replace(member, data=replace(member.data, train=train)), [who.astype(np.float32)])[2]
        )
    assert found[0] > 3 * found[1] and found[2] == features.STRENGTHS[features.FIRST]


def test_the_head_s_strength_falls_where_features_tell_little(prepared, home):
    draw = np.random.default_rng(0)
    member = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    noise = replace(member.data.train, labels=draw.normal(size=(90, 1)).astype(np.float32), groups=np.arange(90))
    member = replace(
        member,
        competition=replace(prepared, target=Numbers(("angle",)), metric="mae"),
        data=replace(member.data, train=noise),
    )
    assert features.solve(member, [draw.normal(size=(90, 400)).astype(np.float32)])[2] < 0.003


def test_the_head_is_solved_for_without_a_warning(prepared, home):
    member = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    seen = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        features.solve(member, [seen])


def test_the_head_of_very_many_classes_is_a_discriminant_analysis(prepared, home, monkeypatch, capsys):
    draw = np.random.default_rng(0)
    member = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    labels = member.data.train.labels
    seen = (draw.normal(size=(3, 8))[labels] + draw.normal(size=(90, 8)) / 4).astype(np.float32)
    usual, _, _ = features.solve(member, [seen])
    monkeypatch.setattr(many_classes, "MAX_PRODUCTS", 0)
    monkeypatch.setattr(many_classes, "ROWS", 32)
    kernel, bias, strength = features.solve(member, [seen])
    assert "3 classes x 8 features is a linear discriminant analysis" in capsys.readouterr().err
    assert not np.allclose(kernel, usual) and strength in discriminant.STRENGTHS
    assert ((seen @ kernel + bias).argmax(1) == labels).all()
    numbers = replace(member, competition=replace(prepared, target=Numbers(("angle",))))
    assert not many_classes.is_needed(numbers, [seen])
