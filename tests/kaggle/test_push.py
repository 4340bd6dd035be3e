"""kit kernel push: the real client, the loopback server, and what the API says only in passing."""

import json

import pytest

from kit import paths
from tests.kaggle.conftest import NAME
from tests.kaggle_server import refusal


def test_a_push_uploads_waits_until_ready_and_starts_the_kernel(push, kaggle, folder):
    state = kaggle.of_kernels
    state.dataset_statuses = ["BLOBS_RECEIVED", "INDIVIDUAL_BLOBS_COMPRESSED", "READY"]
    done = push()
    pushed = json.loads(done.stdout)
    assert (pushed["kernel"], pushed["version"]) == (f"somebody/{NAME}", 1)
    assert set(state.datasets[f"somebody/{NAME}-kit"][0]) == {"bundle.json", "kit.pyz", "extra.h5"}
    [sent] = state.kernels[f"somebody/{NAME}"]
    assert sent["enableInternet"] is False and sent["isPrivate"] is True
    assert sent["datasetDataSources"] == [f"somebody/{NAME}-kit"] and sent["competitionDataSources"] == ["tiny-stripes"]
    methods = [name for name, _ in kaggle.requests]
    assert methods.index("ListDatasetFiles") < methods.index("SaveKernel") and "is blobs received" in done.stderr
    [created] = kaggle.asked("CreateDataset")
    assert created["isPrivate"] is True and "OWNER" not in json.dumps([created, sent])


def test_the_same_dataset_is_not_uploaded_twice_another_is_a_version(push, kaggle, folder):
    push()
    kaggle.requests.clear()
    push()
    assert not kaggle.asked("StartBlobUpload") and len(kaggle.of_kernels.kernels[f"somebody/{NAME}"]) == 2
    manifest = folder / "dataset" / "bundle.json"
    manifest.write_text(manifest.read_text().replace("tiny-stripes-x", "tiny-stripes-y"))
    kaggle.of_kernels.dataset_statuses = ["READY"]  # of the old version, Kaggle says so at once
    push()
    assert len(kaggle.of_kernels.datasets[f"somebody/{NAME}-kit"]) == 2 and len(kaggle.asked("CreateDataset")) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dataset_error": "The requested title is already in use"}, "did not take the dataset somebody/tiny"),
        ({"dataset_statuses": ["FAILED"]}, "could not make the dataset"),
        ({"lost": {"extra.h5"}}, "lacks 1 of its 3 files, such as extra.h5; received no bytes; expected 7"),
        ({"save_kernel": {"error": "Maximum batch GPU session count of 2 reached."}}, "GPU session count of 2 reached"),
        (
            {"save_kernel": {"invalidDatasetSources": ["somebody/x"]}},
            "runs somebody/tiny-stripes-predict without its dataset",
        ),
        ({"save_kernel": {"invalidCompetitionSources": ["tiny-stripes"]}}, "without its competition tiny-stripes"),
        ({"save_kernel": {"invalidModelSources": ["a/b"]}}, "without its model a/b"),
        ({"save_kernel": {"ref": "/code/somebody/another"}}, "made another kernel than the one asked for"),
    ],
)
def test_what_kaggle_says_only_in_passing_is_an_error(here, push, kaggle, folder, change, words):
    for name, value in change.items():
        setattr(kaggle.of_kernels, name, value)
    done = here("kernel", "push", NAME, "--poll", "0", check=False)
    assert done.returncode == 5 and words in done.stderr and not done.stdout
    if "save_kernel" not in change:
        assert not kaggle.asked("SaveKernel")
    assert (
        "kernel" not in json.loads((folder / "pushed.json").read_text()) if (folder / "pushed.json").exists() else True
    )


def test_a_file_whose_upload_fails_is_not_left_out_in_silence(here, kaggle, folder):
    kaggle.faults["Upload"] = [{"status": 400}]
    done = here("kernel", "push", NAME, "--poll", "0", check=False)
    assert done.returncode == 5 and "lacks 1 of its 3 files" in done.stderr and not kaggle.asked("SaveKernel")


def test_a_refused_token_is_said_and_nothing_is_sent(here, kaggle, folder):
    kaggle.faults["GetDatasetStatus"] = [refusal(401, "no")]
    done = here("kernel", "push", NAME, check=False)
    assert done.returncode == 4 and "does not accept the token" in done.stderr and not kaggle.asked("StartBlobUpload")


def test_a_kernel_that_runs_is_not_forgotten_when_another_is_built(here, prepared, kaggle):
    built = ("kernel", "build", "tiny-stripes", "--mode", "train", "--set", "folds=1", "--json")
    name = json.loads(here(*built).stdout)["name"]
    here("kernel", "push", name, "--poll", "0")
    here(*built[:-1], "--set", "epochs=2")
    assert json.loads(here("kernel", "status", name, "--json").stdout)["version"] == 1
    uploads = len(kaggle.asked("StartBlobUpload"))
    here(*built)
    here("kernel", "push", name, "--poll", "0")
    assert len(kaggle.asked("StartBlobUpload")) == uploads  # the same bundle as before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "backbone=resnet99"), "resnet99"),
        (("--set", "tta=nope"), "unknown TTA view"),
        (("--set", "folds=50"), "more than folds.csv has"),
        (("--set", "recipe=features", "--set", "backbone=mobilenet_v2", "--set", "weights=imagenet"), "mobilenet_v2"),
    ],
)
def test_a_training_that_would_fail_on_kaggle_is_not_built(here, prepared, words, message):
    done = here("kernel", "build", "tiny-stripes", "--mode", "train", *words, check=False)
    assert done.returncode == 2 and message in done.stderr and not paths.kernels().exists()
