"""What a competition folder brings of its own, and names in it that do not exist."""

import pytest

from kit import runs
from kit.errors import DataError
from kit.learn.competitions import load_competition

OWN = """
from dataclasses import replace
from kit.learn.networks import Network
from kit.learn.recipes import scratch

def small(shape, classes, config):
    import keras
    return keras.Sequential([
        keras.Input(shape), keras.layers.Conv2D(4, 3), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(classes)
    ])

def first_batch_only(member):
    batch = replace(member, train_rows=member.train_rows[:32])
    return scratch.fit(batch)

COMPETITION = replace(
    COMPETITION,
    networks={**COMPETITION.networks, "small": Network(small, smallest=4, defaults={"epochs": 1})},
    recipes={"short": replace(scratch.RECIPE, fit=first_batch_only, defaults={"patience": 0})},
)
"""


def _append(plugins, text):
    file = plugins / "tiny-stripes" / "competition.py"
    file.write_text(file.read_text() + text)


def test_a_folder_brings_its_own_network_and_recipe(here, prepared, plugins):
    _append(plugins, OWN)
    words = ("--folds", "2", "--recipe", "short", "--backbone", "small", "--set", "batch_size=16")
    run = runs.find(here("train", "tiny-stripes", *words).stdout.splitlines()[-1])
    assert (run.config.recipe, run.config.backbone, run.config.epochs, run.config.patience) == ("short", "small", 1, 0)
    assert run.status() == "finished" and len(list(run.folder.glob("fold-*/model.weights.h5"))) == 2
    assert here("predict", run.id, "--tta", "identity").returncode == 0
    refused = here("train", "tiny-stripes", "--backbone", "smal", check=False)
    assert refused.returncode == 2 and "did you mean 'small'" in refused.stderr
    refused = here("train", "tiny-stripes", "--backbone", "small", "--set", "image_size=3", check=False)
    assert refused.returncode == 2 and "too small for small; received 3" in refused.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COMPETITION.defaults['backbone'] = 'resnet8'", "has no backbone 'resnet8'; did you mean 'resnet9'"),
        ("COMPETITION.defaults['recipe'] = 'scrach'", "unknown recipe 'scrach'; did you mean 'scratch'"),
        ("COMPETITION.defaults['epoch'] = 3", "unknown setting 'epoch' in the competition; did you mean 'epochs'"),
        ("COMPETITION.defaults['epochs'] = 0", "setting epochs is out of range; received 0"),
        ("COMPETITION.networks['mine'] = print", r"networks\['mine'\] is no Network; received .*Network\(\.\.\.\)"),
        ("COMPETITION.recipes['mine'] = print", r"recipes\['mine'\] is no Recipe; received .*Recipe\(\.\.\.\)"),
        (
            "COMPETITION.networks['cnn'] = print",
            r"networks\['cnn'\] is one of the kit's; expected a name that the kit has not",
        ),
        (
            "from dataclasses import replace\nCOMPETITION = replace(COMPETITION, recipes=[print])",
            "recipes are no dict; received list",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_refused_when_the_folder_is_loaded(plugins, text, words):
    _append(plugins, text)
    with pytest.raises(DataError, match=f"competition.py: .*{words}"):
        load_competition("tiny-stripes", [plugins])
