"""kit kernel status, output, submit: the real client and the loopback server."""

import hashlib
import json
import zipfile

import pytest

from kit import paths
from kit.data import cache, folds
from kit.json_files import write_json
from kit.submission import once
from tests.kaggle.conftest import NAME
from tests.kaggle_kernels import make_outputs
from tests.kaggle_server import refusal


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
    kaggle.of_kernels.outputs = make_outputs(folder)
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
        (lambda files, folder: files.update(make_outputs(folder, bundle="0" * 64)), "is of another bundle"),
        (
            lambda files, folder: files.update({"submission.csv": b"<html>"}),
            "submission.csv is not what the kernel wrote",
        ),
        (lambda files, folder: files.update({"result.json": b"<html>"}), "left no whole result"),
        *(
            (lambda files, folder, text=text: files.update({"result.json": text}), "left no whole result")
            for text in (b"[]", b"{}", b"[" * 100_000, b'{"bundle": NaN}')
        ),
        *(
            (
                lambda files, folder, changes=changes: files.update(make_outputs(folder, **changes)),
                "left no whole result",
            )
            for changes in (
                {"mode": None},
                {"mode": "x"},
                {"run": "../x"},
                {"run": ["x"]},
                {"files": []},
                {"files": {"a": 1}},
            )
        ),
        (
            lambda files, folder: files.update(make_outputs(folder, files={"../../x": "0" * 64})),
            "../../x is not what the kernel wrote",
        ),
    ],
)
def test_output_that_is_stale_or_a_web_page_is_refused(here, push, kaggle, folder, spoil, words):
    push()
    kaggle.of_kernels.outputs = make_outputs(folder)
    spoil(kaggle.of_kernels.outputs, folder)
    (folder / "output").mkdir()
    (folder / "output" / "submission.csv").write_text("older")
    done = here("kernel", "output", NAME, check=False)
    assert done.returncode == 5 and words in done.stderr
    assert (folder / "output" / "submission.csv").read_text() == "older"  # nothing is lost


def test_an_error_page_in_place_of_a_file_is_not_saved_under_its_name(here, push, kaggle, folder):
    push()
    kaggle.of_kernels.outputs = make_outputs(folder)
    kaggle.faults["Output"] = [{"status": 500, "body": b"<html>sorry</html>"}]
    done = here("kernel", "output", NAME, check=False)
    assert done.returncode == 5 and "fault of its own (500)" in done.stderr and not (folder / "output").exists()


def test_a_failed_kernel_ends_the_wait_with_its_reason(here, push, kaggle, folder):
    push()
    kaggle.of_kernels.kernel_statuses = ["RUNNING", "ERROR"]
    done = here("kernel", "output", NAME, "--wait", "--poll", "0", check=False)
    assert done.returncode == 5 and "ended with error; received Your notebook tried" in done.stderr


def test_a_training_becomes_a_local_run(here, prepared, kaggle, tmp_path, monkeypatch):
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
    outputs = make_outputs(folder)
    files = {name: hashlib.sha256(data).hexdigest() for name, data in (("run.zip", content), *outputs.items())}
    files.pop("result.json")
    kaggle.of_kernels.outputs = {"run.zip": content, **make_outputs(folder, mode="train", run=run.id, files=files)}
    monkeypatch.setattr("kit.kernel.pushed.find_author", lambda: ("ann", "KIT_AUTHOR"))
    here("kernel", "output", built["name"])
    listed = json.loads(here("runs", "--json").stdout)
    assert [(row["run"], row["status"], row["author"]) for row in listed] == [(run.id, "finished", "ann")]
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
def test_a_lost_answer_is_not_called_a_refusal(here, push, kaggle, folder, monkeypatch, method, words):
    if method != "SaveKernel":
        push()
    monkeypatch.setattr(once, "SETTLE_S", 0)
    kaggle.faults[method] = [refusal(502)]
    done = here("kernel", *words, NAME, check=False)
    assert done.returncode == 5 and "it may have counted" in done.stderr and len(kaggle.asked(method)) == 1


def test_a_kernel_that_was_submitted_though_the_answer_is_lost_is_found_in_the_list(here, push, kaggle, folder):
    push()
    kaggle.lost["CreateCodeSubmission"] = [refusal(502)]
    done = here("kernel", "submit", NAME, "--json")
    assert json.loads(done.stdout)["ref"] == 60_000_001 and "counted, as submission 60000001" in done.stderr
    assert here("kernel", "submit", NAME, check=False).returncode == 2 and len(kaggle.submissions) == 1
