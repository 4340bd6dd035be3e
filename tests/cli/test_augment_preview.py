import json
import subprocess
import sys

import numpy as np
from PIL import Image

from kit import paths
from kit.config import Config
from kit.data import cache
from kit.learn.input.augmenter import Source
from kit.learn.input.loader import open_loader
from kit.learn.input.samples import samples
from kit.report.sections import sheets


def test_the_sheet_shows_what_training_sees(here, prepared):
    told = json.loads(here("augment-preview", "tiny-stripes", "--images", "4", "--epochs", "3", "--json").stdout)
    with Image.open(told["picture"]) as picture:
        assert picture.format == "PNG" and picture.width > 4 * 80 and picture.height > 4 * 80
    data = cache.load(prepared, paths.data("tiny-stripes"))
    rows = [data.train.ids.tolist().index(name) for name in told["ids"]]
    assert len({int(data.train.labels[row]) for row in rows}) == 3  # every class, though four images

    images = sheets.augment_images(prepared, Config(seed=2), data, rows, 3)
    assert np.array_equal(images[:, 0], data.train.images[rows])
    with open_loader(Source({"train": data.train.images}, prepared.folder, Config(seed=2), 2000), 1) as training:
        for epoch in range(3):
            [batch] = training.batches(epoch, [samples("train", np.array(rows))])
            assert np.array_equal(images[:, 1 + epoch], batch)


def test_albumentations_asks_no_server_for_a_newer_version():
    asked = "import urllib.request as r; r.OpenerDirector.open = lambda *a, **k: print('asked')"
    code = f"{asked}; from kit.learn.input import augment, randaugment; randaugment.Cutout(2)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_augmentation_that_fails_ends_in_one_line(here, prepared, plugins):
    file = plugins / "tiny-stripes" / "competition.py"
    file.write_text(file.read_text().replace("A.Affine(translate_px=(-1, 1), p=1.0)", "A.RandomCrop(16, 16, p=1.0)"))
    preview = here("augment-preview", "tiny-stripes", check=False)
    train = here("train", "tiny-stripes", "--folds", "1", "--set", "workers=1", check=False)
    for done in (preview, train):
        assert done.returncode == 3 and "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("kit: augment of tiny-stripes failed: CropSizeError")
    assert len(preview.stderr.splitlines()) == 1


def test_settings_that_make_no_sense_are_refused_as_by_the_training(here, prepared):
    done = here("augment-preview", "tiny-stripes", "--set", "cutout=40", check=False)
    assert done.returncode == 2 and "cutout would blot out whole images; received 40" in done.stderr


def test_without_prepared_data_it_says_what_to_do(here, home):
    done = here("augment-preview", "tiny-stripes", check=False)
    assert done.returncode == 3 and "prepare tiny-stripes" in done.stderr
