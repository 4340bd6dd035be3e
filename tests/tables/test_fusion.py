"""Columns beside images: networks learn what only both tell together, and a linear head what the columns tell."""

import json

import numpy as np
import pytest
from PIL import Image

from kit import predictions, runs
from kit.learn import recipes
from kit.plugins import load
from tests.small_archives import zipped

PLUGIN = """
import numpy as np
from kit.competition import Archives, Competition, Split, Submission, Table
from kit.targets import Classes


def read(raw, part):
    count = 240 if part == "train" else 60
    draw = np.random.default_rng(count)
    bright, north = draw.integers(0, 2, (2, count))
    images = np.where(bright[:, None, None, None], 200, 20) + draw.integers(0, 20, (count, 8, 8, 1))
    told = {told}
    table = {{"age": draw.integers(0, 90, count).tolist(), "side": np.where(north, "north", "south").tolist()}}
    labels = np.where(told, "yes", "no").tolist() if part == "train" else None
    return Split([str(n) for n in range(count)], images.astype(np.uint8), labels, table=table)


COMPETITION = Competition(
    slug="sides", title="Sides", target=Classes(("no", "yes")), image_shape=(8, 8, 1), metric="accuracy",
    table={table}, tta={tta},
    submission=Submission("id", ("label",)), archives=Archives("train", "test", "sample.csv"), read=read,
    defaults={{"backbone": "cnn", "width": 4, "epochs": 15, "batch_size": 16, "workers": 0, "folds": 2, "patience": 0,
               "precision": "float32", "optimizer": "adamw", "learning_rate": 0.02, "ema": 0.0}},
)
"""
TABLE = 'Table(numbers=("age",), categories=("side",))'


@pytest.fixture
def sides(tmp_path, here):
    """sides(told, table, tta): prepares the competition; told: which rows are `yes`."""

    def make(told: str, table: str = TABLE, tta: tuple[str, ...] = ("identity",)):
        folder = tmp_path / "plugins" / "sides"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "competition.py").write_text(PLUGIN.format(told=told, table=table, tta=tta))
        archive = tmp_path / "sides.zip"
        sample = "id,label\n" + "".join(f"{n},no\n" for n in range(60))
        archive.write_bytes(zipped({"sample.csv": sample, "train": "", "test": ""}))
        here("download", "sides", "--from", str(archive))
        here("prepare", "sides")
        return load("sides", [folder.parent])

    return make


def score(here, *words: str) -> tuple[float, runs.Run]:
    run = runs.find(json.loads(here("train", "sides", "--folds", "1", *words, "--json").stdout)["run"])
    return json.loads(run.metrics.read_text())["score"], run


def test_a_network_learns_what_only_image_and_column_tell_together(sides, here):
    sides("bright != north")
    together, run = score(here)
    assert together > 0.9
    page = json.loads(here("report", run.id, "--json").stdout)["report"]
    with open(page) as text:
        assert "Importance of columns" in (words := text.read()) and "Class activation" in words
    assert predictions.load(run.test).values.shape == (60, 2)
    assert score(here, "--recipe", "mlp", "--set", "epochs=2")[0] < 0.7, "the columns alone do not tell"
    mixed = here("train", "sides", "--set", "mixup=0.2", check=False).stderr
    assert "mixup and cutmix mix images, not the columns beside them" in mixed


@pytest.mark.parametrize("recipe", ["features", "finetune"])
def test_pretrained_backbones_are_told_the_columns(sides, here, recipe):
    sides("north")
    words = ("--recipe", recipe, "--backbone", "mobilenet_v2_0.35", "--set", "image_size=32", "--set", "epochs=1")
    reached, run = score(here, *words)
    assert np.isfinite(reached) and predictions.load(run.test).values.shape == (60, 2)
    if recipe == "features":
        assert reached > 0.95


def test_a_photo_is_predicted_with_its_columns_missing_and_not_by_a_recipe_that_sees_none(here, sides, tmp_path):
    sides("bright")
    _, run = score(here, "--set", "epochs=1")
    photo = tmp_path / "photo.png"
    Image.fromarray(np.full((8, 8), 200, np.uint8)).save(photo)
    assert json.loads(here("predict", run.id, str(photo), "--json").stdout)[0]["predicted"] in ("yes", "no")
    _, trees = score(here, "--recipe", "boosting", "--set", "trees=5")
    refused = here("predict", trees.id, str(photo), check=False)
    assert refused.returncode == 3 and "reads no images; received recipe boosting" in refused.stderr


@pytest.mark.parametrize(("told", "table"), [("bright & north", TABLE), ("bright", "Table()")])
def test_trees_see_what_a_pretrained_backbone_makes_of_the_image(sides, here, tmp_path, told, table):
    competition = sides(told, table, ("identity", "hflip"))
    words = (
        "--recipe",
        "boosting",
        "--backbone",
        "mobilenet_0.25",
        "--set",
        "image_size=32",
        "--set",
        "column_share=1",
    )
    reached, run = score(here, *words, "--set", "trees=20", "--set", "learning_rate=0.2", "--set", "tta=identity,hflip")
    assert reached > 0.9, "neither alone tells"
    assert predictions.load(run.test).values.shape == (60, 2)
    recipe = recipes.find(competition, run.config)
    assert (recipe.reads, recipe.pretrained, recipe.frozen) == ("images", True, True), "a kernel carries the backbone"
    if table == TABLE:
        page = json.loads(here("report", run.id, "--json").stdout)["report"]
        with open(page) as text:
            assert "boosting has trees, no network to look into" in (said := text.read())
        assert "Importance of columns" in said
    photo = tmp_path / "photo.png"
    Image.fromarray(np.arange(0, 256, 4, dtype=np.uint8).reshape(8, 8)).save(photo)
    assert json.loads(here("predict", run.id, str(photo), "--json").stdout)[0]["predicted"] in ("yes", "no")
