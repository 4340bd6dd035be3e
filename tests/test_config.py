import pytest

from kit.config import Config, convert, parse, resolve
from kit.errors import ConfigError


def test_later_layers_win_and_every_value_says_where_it_came_from():
    config, origin = resolve(
        [("the competition", {"epochs": 3, "tta": ["identity"]}), ("the command line", {"epochs": 5})]
    )
    assert config.epochs == 5 and origin["epochs"] == "the command line"
    assert config.tta == ("identity",) and origin["tta"] == "the competition"
    assert config.seed == Config().seed and origin["seed"] == "default"


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
