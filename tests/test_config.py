import pytest

from kit.config import FIELDS, Config, convert, parse, resolve
from kit.errors import ConfigError
from kit.learn.settings import resolve_settings
from kit.plugins import load


def test_later_layers_win_and_every_value_says_where_it_came_from():
    config, origin = resolve(
        [("the competition", {"epochs": 3, "tta": ["identity"]}), ("the command line", {"epochs": 5})]
    )
    assert config.epochs == 5 and origin["epochs"] == "the command line"
    assert config.tta == ("identity",) and origin["tta"] == "the competition"
    assert config.seed == Config().seed and origin["seed"] == "default"


def test_what_suits_one_backbone_is_not_asked_of_another():
    competition = load("cifar-10")
    own, origin = resolve_settings(competition, {}, {}, ())
    assert own.backbone == "airbench" and own.bias_rate == 64 and origin["bias_rate"] == "the backbone"
    plain, _ = resolve_settings(competition, {}, {"backbone": "resnet9"}, ())
    assert plain.bias_rate == 1 and plain.learning_rate == Config().learning_rate
    tuned, origin = resolve_settings(competition, {}, {"recipe": "finetune", "backbone": "mobilenet_v2_1.00"}, ())
    assert tuned.bias_rate == 1 and tuned.optimizer == "adamw" and origin["learning_rate"] == "the recipe"
    words = {"recipe": "finetune", "backbone": "mobilenet_v2_1.00"}
    assert resolve_settings(competition, words, {}, ())[0] == tuned  # as one of the competition's runs
    asked, _ = resolve_settings(competition, {}, {}, ("bias_rate=8",))
    assert asked.bias_rate == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epochs=7", 7),
        ("ema=0.5", 0.5),
        ("deterministic=true", True),
        ("tta=identity,hflip", ("identity", "hflip")),
        ("weights=a=b", "a=b"),
    ],
)
def test_set_takes_the_type_of_the_field(text, expected):
    assert parse(text)[1] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epochs=abc", "'abc'; expected int"),
        ("epoch=3", "did you mean 'epochs'?"),
        ("epochs", "expected key=value"),
        ("deterministic=7", "bool"),
    ],
)
def test_a_wrong_set_is_refused_with_what_was_expected(text, words):
    with pytest.raises(ConfigError, match=words.replace("?", r"\?")):
        parse(text)


@pytest.mark.parametrize(
    "layer", [{"epochs": "3"}, {"epochs": True}, {"epochs": 0}, {"seeds": 11}, {"ema": 1.5}, {"nope": 1}]
)
def test_a_wrong_layer_is_refused(layer):
    with pytest.raises(ConfigError):
        resolve([("the competition", layer)])


def test_an_integer_is_good_enough_for_a_number():
    assert resolve([("x", {"learning_rate": 1})])[0].learning_rate == 1.0
    assert convert("learning_rate", "1") == 1.0


def test_every_setting_says_what_it_means_and_its_default_is_allowed():
    for name, field in FIELDS.items():
        low, high = field.metadata["range"]
        assert field.metadata["meaning"], name
        if low is not None and not isinstance(field.default, tuple):
            assert low <= field.default <= high, name
        assert not field.metadata["choices"] or field.default in field.metadata["choices"], name
