"""kit kernel push, status, output, submit: the real client, the loopback server, and what the API says only in passing."""

import hashlib
import json
import zipfile

import pytest

from kit import paths
from kit.data import cache, folds
from kit.files import write_json
from tests.kaggle_server import refusal

NAME = "tiny-stripes-predict"


@pytest.fixture
def folder(prepared, monkeypatch):
    """A built kernel: a bundle of three files, without a model in it."""
    from kit.kernel import bundle
    from kit.kernel.options import Options

    folder = paths.kernels() / NAME
    bundle._write(folder, prepared, {"mode": "predict", "run": "tiny-stripes-x", "runs": []}, {}, Options(NAME))
    (folder / "dataset" / "extra.h5").write_bytes(b"weights")
    write_json(folder / "notes.json", {})
    return folder


@pytest.fixture
def push(here, folder):
    return lambda **how: here("kernel", "push", NAME, "--poll", "0", "--json", **how)


def _outputs(folder, **changes) -> dict:
    """What the kernel of `folder` writes when all goes well."""
    table = b"Id,Label\n" + b"".join(b"%d,%d\n" % (number + 1, number % 3) for number in range(30))
    files = {"submission.csv": hashlib.sha256(table).hexdigest()}
    bundle = hashlib.sha256((folder / "dataset" / "bundle.json").read_bytes()).hexdigest()
    result = {"bundle": bundle, "mode": "predict", "run": "tiny-stripes-x", "files": files, "rows": 30} | changes
    return {"submission.csv": table, "result.json": json.dumps(result).encode()}


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


def test_status_is_that_of_the_pushed_version(here, push, kaggle, folder):
    done = here("kernel", "status", NAME, check=False)
    assert done.returncode == 3 and "was not pushed yet; kit --competitions" in done.stderr
    push()
    push()
    kaggle.of_kernels.kernel_statuses = ["ERROR"]
    told = json.loads(here("kernel", "status", NAME, "--json").stdout)
    assert (told["version"], told["status"]) == (2, "error") and "more memory" in told["reason"]
    assert kaggle.asked("GetKernelSessionStatus")[-1]["versionLabel"] == "v2"


def test_output_is_waited_for_fetched_and_checked(here, push, kaggle, folder):
    push()
    kaggle.of_kernels.outputs = _outputs(folder)
    kaggle.of_kernels.kernel_statuses = ["QUEUED", "RUNNING", "COMPLETE"]
    (folder / "output").mkdir()
    (folder / "output" / "submission.csv").write_text("stale")
    done = here("kernel", "output", NAME, "--wait", "--poll", "0", "--json")
    told = json.loads(done.stdout)
    assert (
        told["rows"] == 30
        and "is running" in done.stderr
        and f"submit tiny-stripes {told['submission']}" in done.stderr
    )
    assert (folder / "output" / "submission.csv").read_bytes() == kaggle.of_kernels.outputs["submission.csv"]
    assert (folder / "output" / "kernel.log").read_text() == "a line"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda files, folder: files.pop("result.json"), "left no whole result; received kernel.log, submission.csv"),
        (lambda files, folder: files.update(_outputs(folder, bundle="0" * 64)), "is of another bundle"),
        (
            lambda files, folder: files.update({"submission.csv": b"<html>"}),
            "submission.csv is not what the kernel wrote",
        ),
        (lambda files, folder: files.update({"result.json": b"<html>"}), "left no whole result"),
    ],
)
def test_output_that_is_stale_or_a_web_page_is_refused(here, push, kaggle, folder, spoil, words):
    push()
    kaggle.of_kernels.outputs = _outputs(folder)
    spoil(kaggle.of_kernels.outputs, folder)
    (folder / "output").mkdir()
    (folder / "output" / "submission.csv").write_text("older")
    done = here("kernel", "output", NAME, check=False)
    assert done.returncode == 5 and words in done.stderr
    assert (folder / "output" / "submission.csv").read_text() == "older"  # nothing is lost


def test_an_error_page_in_place_of_a_file_is_not_saved_under_its_name(here, push, kaggle, folder):
    push()
    kaggle.of_kernels.outputs = _outputs(folder)
    kaggle.faults["Output"] = [{"status": 500, "body": b"<html>sorry</html>"}]
    done = here("kernel", "output", NAME, check=False)
    assert done.returncode == 5 and "fault of its own (500)" in done.stderr and not (folder / "output").exists()


def test_a_failed_kernel_ends_the_wait_with_its_reason(here, push, kaggle, folder):
    push()
    kaggle.of_kernels.kernel_statuses = ["RUNNING", "ERROR"]
    done = here("kernel", "output", NAME, "--wait", "--poll", "0", check=False)
    assert done.returncode == 5 and "ended with error; received Your notebook tried" in done.stderr


def test_a_training_becomes_a_local_run(here, prepared, kaggle, tmp_path):
    """The output is that of a real run, zipped as the kernel zips it."""
    from kit.learn import train
    from kit.learn.settings import resolve_settings

    config, origin = resolve_settings(prepared, {"folds": 1, "epochs": 1}, {}, ())
    run = train.train(prepared, config, origin)
    built = json.loads(here("kernel", "build", "tiny-stripes", "--mode", "train", "--run", run.id, "--json").stdout)
    folder = paths.kernels() / built["name"]
    here("kernel", "push", built["name"], "--poll", "0")
    away = tmp_path / "away"
    run.folder.rename(away)
    data = cache.load(prepared, paths.data("tiny-stripes"))
    (away / "rows.json").write_text(json.dumps({"rows_fingerprint": folds.rows_fingerprint(data)}))
    environment = json.loads((away / "environment.json").read_text())
    environment["data_fingerprint"] = "of pixels decoded by another version of the library"
    (away / "environment.json").write_text(json.dumps(environment))
    with zipfile.ZipFile(tmp_path / "run.zip", "w") as packed:
        for path in away.rglob("*"):
            packed.write(path, f"{run.id}/{path.relative_to(away)}")
    content = (tmp_path / "run.zip").read_bytes()
    outputs = _outputs(folder)
    files = {name: hashlib.sha256(data).hexdigest() for name, data in (("run.zip", content), *outputs.items())}
    files.pop("result.json")
    kaggle.of_kernels.outputs = {"run.zip": content, **_outputs(folder, mode="train", run=run.id, files=files)}
    here("kernel", "output", built["name"])
    listed = json.loads(here("runs", "--json").stdout)
    assert [(row["run"], row["status"]) for row in listed] == [(run.id, "finished")]
    here("predict", run.id, "--tta", "hflip")  # it has its weights, and fits the data here


def test_a_code_competition_gets_the_version_that_was_pushed(here, push, kaggle, folder):
    write_json(paths.runs() / "tiny-stripes-x" / "metrics.json", {"score": 0.9, "error": 0.01})
    push()
    done = here("kernel", "submit", NAME, "--wait", "--poll", "0", "-m", "first", "--json")
    [asked] = kaggle.asked("CreateCodeSubmission")
    assert (asked["kernelOwner"], asked["kernelSlug"], asked["kernelVersion"]) == ("somebody", NAME, 1)
    said = f"first somebody/{NAME} version 1 tiny-stripes-x CV 0.9 +- 0.01 "
    assert asked["fileName"] == "submission.csv" and asked["submissionDescription"].startswith(said)
    told = json.loads(done.stdout)
    assert (told["ref"], told["public_score"]) == (60_000_001, "0.99571")
    push()
    kaggle.of_kernels.kernel_statuses = ["RUNNING"]
    done = here("kernel", "submit", NAME, check=False)
    assert done.returncode == 5 and "is running after 0 s" in done.stderr and len(kaggle.submissions) == 1


def test_a_version_is_not_submitted_twice_by_mistake(here, push, kaggle, folder):
    push()
    here("kernel", "submit", NAME)
    done = here("kernel", "submit", NAME, check=False)
    assert done.returncode == 2 and "submitted before, as submission 60000001" in done.stderr
    waited = json.loads(here("kernel", "submit", NAME, "--wait", "--poll", "0", "--json").stdout)
    assert (waited["ref"], waited["public_score"], len(kaggle.submissions)) == (60_000_001, "0.99571", 1)
    here("kernel", "submit", NAME, "--again")
    assert len(kaggle.submissions) == 2


@pytest.mark.parametrize(("method", "words"), [("SaveKernel", ["push"]), ("CreateCodeSubmission", ["submit"])])
def test_a_lost_answer_is_not_called_a_refusal(here, push, kaggle, folder, method, words):
    if method != "SaveKernel":
        push()
    kaggle.faults[method] = [refusal(502)]
    done = here("kernel", *words, NAME, check=False)
    assert done.returncode == 5 and "it may have counted" in done.stderr and len(kaggle.asked(method)) == 1


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
