"""What the built-in competitions promise about Kaggle's files, on archives of Kaggle's form that hold a few images."""

import hashlib
import zipfile

import numpy as np
import pytest

from kit import paths
from kit.config import resolve
from kit.data import folds
from kit.data.prepare import prepare
from kit.data.readers import column
from kit.data.splits import sample_path
from kit.learn.input.views import VIEWS
from kit.paths import DataFolders
from kit.plugins import BUILT_IN, folders, load
from tests.built_in_archives import ARCHIVES
from tests.small_archives import zipped

SLUGS = sorted(folders())


@pytest.fixture
def prepared(home):
    """prepared(slug) -> the competition and its data, from a small archive of Kaggle's form."""

    def run(slug: str):
        where = paths.data(slug)
        where.archives.mkdir(parents=True)
        (where.archives / f"{slug}.zip").write_bytes(zipped(ARCHIVES[slug]()))
        return load(slug), prepare(load(slug), where, folds=2)

    return run


@pytest.mark.parametrize("slug", SLUGS)
def test_a_competition_is_one_short_file_and_a_page(slug):
    assert len((BUILT_IN / slug / "competition.py").read_text().splitlines()) <= 100
    assert (BUILT_IN / slug / "README.md").read_text().startswith(f"# {load(slug).title}\n")


@pytest.mark.parametrize("slug", SLUGS)
def test_its_settings_exist_and_its_views_are_known(slug):
    competition = load(slug)
    for run in competition.runs:
        config, _ = resolve([(slug, competition.defaults), ("run", run)])
        assert set(config.tta) <= set(competition.tta)
    assert set(competition.tta) <= set(VIEWS)
    assert "flip" not in "".join(competition.tta) or "digit" not in slug


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if load(slug).has_images])
def test_its_augmentation_keeps_shape_and_type_and_changes_something(slug):
    competition = load(slug)
    transform = competition.augment()
    pixels = np.random.default_rng(0).integers(0, 256, competition.image_shape, dtype=np.uint8)
    transform.set_random_seed(1)
    made = [transform(image=pixels)["image"] for _ in range(8)]
    assert {(one.shape, one.dtype) for one in made} == {(competition.image_shape, np.dtype(np.uint8))}
    assert any((one != pixels).any() for one in made)


@pytest.mark.parametrize("slug", sorted(ARCHIVES))
def test_kaggles_archive_becomes_images_with_the_ids_of_the_sample(prepared, slug):
    competition, data = prepared(slug)
    assert data.train.images.shape[1:] == data.test.images.shape[1:] == competition.image_shape
    asked = column(sample_path(competition, paths.data(slug).raw), competition.submission.id_column)
    assert sorted(data.test.ids) == sorted(asked) and len(asked) == 11
    assert not competition.has_images or (data.train.images.any() and data.test.images.any())


def test_labels_come_from_file_names_a_table_or_a_column(prepared):
    _, cats = prepared("dogs-vs-cats")
    assert cats.train.ids.tolist() == [f"{name}.{n}" for name in ("cat", "dog") for n in range(4)]
    assert cats.train.labels.tolist() == [0] * 4 + [1] * 4
    for slug in ("cifar-10", "digit-recognizer"):
        _, data = prepared(slug)
        assert data.train.ids.tolist() == [str(n) for n in range(1, 41)]
        assert data.train.labels.tolist() == [n % 10 for n in range(40)]


def test_labels_come_from_a_flag_one_hot_columns_tags_or_grades(prepared):
    for slug, written in {
        "aerial-cactus-identification": ["none", "cactus", "cactus", "cactus"],
        "plant-pathology-2020-fgvc7": ["healthy", "multiple_diseases", "rust", "scab"],
        "planet-understanding-the-amazon-from-space": [
            "clear|primary",
            "cloudy",
            "haze|primary|water",
            "clear|agriculture|primary|road",
        ],
        "aptos2019-blindness-detection": ["0", "1", "2", "3"],
        "humpback-whale-identification": ["new_whale"] * 4,
        "state-farm-distracted-driver-detection": ["c0"] * 4,
        "histopathologic-cancer-detection": ["normal", "tumor", "normal", "normal"],
        "siim-isic-melanoma-classification": ["benign"] * 4,
        "petfinder-pawpularity-score": ["63", "42", "28", "15"],
        "house-prices-advanced-regression-techniques": ["100000", "102000", "104040", "106120"],
    }.items():
        competition, data = prepared(slug)
        assert competition.target.write(data.train.labels)[:4] == written


def test_drivers_and_patients_are_groups_that_stay_in_a_fold(prepared):
    for slug, count in {"state-farm-distracted-driver-detection": 3, "siim-isic-melanoma-classification": 8}.items():
        _, data = prepared(slug)
        dealt = folds.read(paths.data(slug).folds, data.train.ids)
        pairs = set(zip(data.train.groups.tolist(), dealt.tolist(), strict=True))
        assert len(pairs) == len(set(data.train.groups.tolist())) == count


def test_columns_beside_the_image_are_kept_for_both_parts(prepared):
    _, data = prepared("siim-isic-melanoma-classification")
    assert data.train.table[0].tolist() == [45, 1, 1] and data.test.table[0].tolist() == [70, 1, 1]
    assert np.isnan(data.train.table[2, 1:]).all(), "neither sex nor site is known"
    _, data = prepared("petfinder-pawpularity-score")
    assert data.train.table.shape == (24, 12) and data.test.table.shape == (11, 12)


def test_a_house_is_79_columns_in_which_na_is_missing(prepared):
    _, data = prepared("house-prices-advanced-regression-techniques")
    assert data.train.table.shape == (24, 79) and data.test.table.shape == (11, 79) and data.train.images.size == 0
    assert len(data.levels) == 44 and all("NA" not in texts for texts in data.levels)
    assert np.isnan(data.train.table).mean().round(1) == 0.1


def test_a_dog_is_a_one_and_the_redux_edition_asks_for_its_probability():
    first, redux = load("dogs-vs-cats"), load("dogs-vs-cats-redux-kernels-edition")
    assert dict(zip(first.target.columns, first.submission.values, strict=True)) == {"cat": "0", "dog": "1"}
    assert (redux.submission.kind, redux.submission.of, redux.metric) == ("probability", ("dog",), "log_loss")


def test_the_table_of_diabetes_builds_itself_and_sets_rows_aside(tmp_path):
    data = prepare(load("sklearn-diabetes"), DataFolders(tmp_path / "data"))
    assert (
        data.train.table.shape == (332, 10) and data.test.table.shape == (110, 10) and data.levels == (("1.0", "2.0"),)
    )
    assert not np.isnan(data.train.table).any() and data.train.images.size == 0


def test_the_local_competition_builds_itself_byte_for_byte(tmp_path):
    competition = load("sklearn-digits")
    where = DataFolders(tmp_path / "data")
    data = prepare(competition, where)
    archive = where.archives / "sklearn-digits.zip"
    assert hashlib.sha256(archive.read_bytes()).hexdigest().startswith("33174076cc17b0d5")
    assert (len(data.train.ids), len(data.test.ids)) == (1200, 597)
    assert (data.train.images.min(), data.train.images.max()) == (0, 240)
    assert np.bincount(data.train.labels).min() >= 115
    solution = where.solution.read_text().splitlines()
    assert solution[0] == "ImageId,Label"
    assert [line.split(",")[0] for line in solution[1:]] == data.test.ids.tolist()
    assert "solution" not in "".join(zipfile.ZipFile(archive).namelist())

    competition.build(tmp_path / "again.zip", tmp_path / "again.csv")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert (tmp_path / "again.csv").read_text() == where.solution.read_text()


def test_the_solution_is_right(tmp_path):
    """Nearest neighbours on the prepared pixels agree with the labels set aside."""
    where = DataFolders(tmp_path / "data")
    data = prepare(load("sklearn-digits"), where)
    train = data.train.images.reshape(1200, -1).astype(np.float32)
    test = data.test.images.reshape(597, -1).astype(np.float32)
    distance = (test**2).sum(1)[:, None] + (train**2).sum(1) - 2 * test @ train.T
    guessed = data.train.labels[distance.argmin(1)]
    truth = np.array([int(line.split(",")[1]) for line in where.solution.read_text().splitlines()[1:]])
    assert (guessed == truth).mean() > 0.97
