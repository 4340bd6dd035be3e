"""A run whose `--weights` file has moved: named again it is known by its sha256, any other file is refused."""

import shutil

import pytest

from kit import runs
from kit.learn.networks import pretrained, weights

SMALL = ("--backbone", "mobilenet_0.25", "--set", "image_size=32", "--folds", "1")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "here" / "mobilenet.weights.h5"
    path.parent.mkdir()
    weights.save(pretrained.build("mobilenet_0.25", "none", 32), path)
    return path


def test_a_run_is_predicted_and_resumed_with_the_file_where_it_lies_now(here, prepared, file, tmp_path, home):
    features = here("train", "tiny-stripes", "--recipe", "features", "--weights", str(file), *SMALL)
    trained = features.stdout.splitlines()[-1]
    words = ("--recipe", "finetune", "--set", "epochs=1", "--create")
    half = here("train", "tiny-stripes", "--weights", str(file), *words, *SMALL).stdout.splitlines()[-1]
    other = tmp_path / "other.weights.h5"
    weights.save(pretrained.build("mobilenet_0.25", "none", 32, seed=1), other)
    moved = tmp_path / "there" / "renamed.weights.h5"
    shutil.move(file.parent, moved.parent)
    (moved.parent / file.name).rename(moved)
    shutil.rmtree(home / "data/tiny-stripes/features")

    for words in (("predict", trained, "--tta", "identity,hflip"), ("train", "--resume", half)):
        lost = here(*words, check=False)
        assert lost.returncode == 3 and f"no weights file {file}" in lost.stderr and "--weights PATH" in lost.stderr
        assert "Traceback" not in lost.stderr
        wrong = here(*words, "--weights", str(other), check=False)
        assert wrong.returncode == 3 and "is not the weights file that" in wrong.stderr
        assert here(*words, "--weights", str(moved)).returncode == 0
    assert runs.find(half).status() == "finished" and runs.find(half).config.weights == str(moved)
    assert here("kernel", "build", "tiny-stripes", "--run", trained).returncode == 0, "the run knows it from then on"
    refused = here("train", "--resume", half, "--weights", str(moved), "--seeds", "2", check=False)
    assert refused.returncode == 2 and "--resume takes no other setting" in refused.stderr
