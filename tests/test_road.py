"""The main job as a user meets it: the CLI, on a competition from outside the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kit import runs
from kit.ensemble.class_methods import METHODS

ROOT = Path(__file__).resolve().parent.parent


def test_from_an_archive_to_a_score_on_kaggle(here, archive, kaggle, home):
    here("download", "tiny-stripes", "--from", str(archive))
    here("prepare", "tiny-stripes", "--folds", "3")
    one = here("train", "tiny-stripes", "--set", "folds=3").stdout.splitlines()[-1]
    two = here(
        "train", "tiny-stripes", "--set", "folds=3", "--backbone", "resnet9", "--set", "epochs=4"
    ).stdout.splitlines()[-1]
    blend = here("ensemble", "tiny-stripes", one, two, "--name", "both")
    best = blend.stdout.splitlines()[-1]
    metrics = json.loads((home / "runs" / best / "metrics.json").read_text())
    assert [part["run"] for part in metrics["parts"]] == [one, two]
    assert [tried["method"] for tried in metrics["methods"]] == list(METHODS) and metrics["method"] in METHODS
    assert sum(metrics["chosen_in_folds"].values()) == 3 and 0 <= metrics["optimistic_score"] <= 1
    assert f"in sample, on the rows that it was fitted on: {metrics['optimistic_score']:.5f}" in blend.stdout
    assert best.startswith("tiny-stripes-both-") and metrics["rows"] == 90

    again = here("ensemble", "tiny-stripes", best, one).stdout.splitlines()[-1]  # an ensemble is a run
    report = Path(json.loads(here("report", best, "--json").stdout)["report"]).read_text()
    assert best in report and "<svg" in report and "http" not in report
    listed = json.loads(here("runs", "tiny-stripes", "--json").stdout)
    assert [row["run"] for row in listed] == [one, two, best, again] and {row["status"] for row in listed} == {
        "finished"
    }

    sent = json.loads(here("submit", "tiny-stripes", best, "--send", "--wait", "--poll", "0", "--json").stdout)
    assert sent["public_score"] == "0.99571" and kaggle.uploads == [
        (home / "runs" / best / "submission.csv").read_bytes()
    ]
    assert kaggle.uploads[0].startswith(b"Id,Label\n1,")


def test_runs_that_judged_other_rows_are_not_blended(here, prepared):
    one = here("train", "tiny-stripes", "--folds", "1").stdout.splitlines()[-1]
    two = here("train", "tiny-stripes", "--folds", "2").stdout.splitlines()[-1]
    done = here("ensemble", "tiny-stripes", one, two, check=False)
    assert done.returncode == 3 and "60 rows, 30 of them shared; expected the same 30 rows" in done.stderr
    done = here("ensemble", "tiny-stripes", one, one, check=False)
    assert done.returncode == 2 and "an ensemble needs different runs" in done.stderr


def test_frozen_features_are_computed_once_per_view(here, prepared, home):
    words = ("--recipe", "features", "--backbone", "mobilenet_0.25", "--weights", "none", "--set", "image_size=32")
    here("train", "tiny-stripes", *words, "--folds", "3")
    files = sorted((home / "data" / "tiny-stripes" / "features").iterdir())
    assert len(files) == 4  # train and test, two views
    times = [file.stat().st_mtime_ns for file in files]
    run = here("train", "tiny-stripes", *words, "--folds", "3", "--set", "head_strength=0.01").stdout.splitlines()[-1]
    assert [file.stat().st_mtime_ns for file in files] == times
    assert (
        json.loads((home / "runs" / run / "metrics.json").read_text())["score"] > 0.8
    )  # stripes show through random weights


def test_a_corrupt_test_image_keeps_its_row_with_the_class_prior(here, home, plugins, tmp_path):
    import cv2
    import numpy as np

    archive = tmp_path / "photos"
    for part, count in (("train", 40), ("test", 10)):
        (archive / part).mkdir(parents=True)
        for number in range(count):
            dark = number % 4 != 0
            pixels = np.random.default_rng(number).integers(0, 80 if dark else 256, (16, 16, 3)).astype(np.uint8)
            cv2.imwrite(str(archive / part / f"{'dark' if dark else 'light'}.{number}.png"), pixels)
    broken = archive / "test" / "dark.3.png"
    broken.write_bytes(broken.read_bytes()[:60])
    rows = sorted(path.stem for path in (archive / "test").iterdir())
    (archive / "sample.csv").write_text("id,light\n" + "".join(f"{name},0\n" for name in rows))
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-c", str(tmp_path / "photos.zip"), *map(str, archive.iterdir())], check=True
    )
    (plugins / "photos").mkdir()
    (plugins / "photos" / "competition.py").write_text(PHOTOS)
    here("download", "photos", "--from", str(tmp_path / "photos.zip"))
    here("prepare", "photos", "--folds", "2")
    done = here("train", "photos", "--set", "folds=2")
    assert "1 test images cannot be read" in done.stderr
    run = done.stdout.splitlines()[-1]
    here("submit", "photos", run)
    submitted = dict(line.split(",") for line in (home / "runs" / run / "submission.csv").read_text().split()[1:])
    assert list(submitted) == rows and float(submitted["dark.3"]) == pytest.approx(0.25)
    assert json.loads((home / "runs" / run / "metrics.json").read_text())["test_images_given_the_class_prior"] == 1


PHOTOS = '''
from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder
from kit.targets import Classes


def read(raw, part):
    paths = image_folder(raw / part, ".png")
    names = [path.stem.partition(".")[0] for path in paths] if part == "train" else None
    return Split([path.stem for path in paths], paths, names)


COMPETITION = Competition(
    slug="photos", title="Day or night", target=Classes(("dark", "light")), image_shape=(16, 16, 3), metric="log_loss",
    submission=Submission("id", ("light",), kind="probability"), archives=Archives("train", "test", "sample.csv"), read=read,
    defaults={"backbone": "cnn", "width": 4, "epochs": 2, "batch_size": 8, "workers": 0, "patience": 0},
)
'''  # fmt: skip


def test_the_demo_ends_with_scores_and_paths(here, home):
    done = here("run", "sklearn-digits", "--set", "epochs=1", "--json")
    result = json.loads(done.stdout)
    assert len(result["models"]) == 3 and result["rows"] == 597 and 0 < result["local_score"] <= 1
    best, both = Path(result["report_of_best_run"]), Path(result["report"])
    assert Path(result["path"]).is_file() and f"../{best.parent.name}/report.html" in both.read_text()
    assert f"../{both.parent.name}/report.html" in best.read_text()


def test_a_student_among_the_runs_is_taught_by_those_before_it(here, home, plugins, archive):
    file = plugins / "tiny-stripes" / "competition.py"
    plain, taught = file.read_text(), {"recipe": "pseudo", "pseudo_confidence": 0.0}

    def run(*declared: dict, check: bool = True):
        file.write_text(plain.replace("    defaults=", f"    runs={declared!r},\n    defaults="))
        return here("run", "tiny-stripes", "--from", str(archive), "--folds", "2", "--json", check=check)

    models = json.loads(run({}, {"width": 6}, taught).stdout)["models"]
    first, second, student, final = (runs.find(model["run"]) for model in models)
    teacher = runs.find(student.config.teacher)
    assert teacher.kind == "ensemble" and teacher.parents == (first.id, second.id)
    assert final.parents == (first.id, second.id, student.id)
    alone = run(taught, check=False)
    assert alone.returncode == 2 and "recipe pseudo requires --set teacher=RUN" in alone.stderr


def test_help_is_there_for_every_verb_and_loads_nothing_heavy(here):
    from kit.cli.main import VERBS

    shown = here("--help").stdout
    pages = "".join(page.read_text() for page in (ROOT / "README.md", *ROOT.glob("docs/*.md")))
    for verb in VERBS:
        assert verb in shown and f"kit {verb}" in pages
        assert len(here(verb, "--help").stdout.splitlines()) > 5
    heavy = ["tensorflow", "keras", "kaggle", "pandas", "numpy", "cv2"]
    loaded = f"print([n for n in {heavy} if n in sys.modules])"
    code = f"import sys, atexit, kit.cli.main as m; atexit.register(lambda: {loaded}); m.main(['--help'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_verb_is_a_make_target_with_the_same_word():
    from kit.cli.main import VERBS

    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    for verb in VERBS:
        assert f"make {verb} " in listed
        plan = subprocess.run(["make", "-n", "-C", str(ROOT), verb], capture_output=True, text=True, check=True).stdout
        assert f"kit {verb}" in plan


def test_other_folds_are_not_mixed_with_what_was_trained(here, prepared):
    run = here("train", "tiny-stripes", "--folds", "2").stdout.splitlines()[-1]
    other = here("train", "tiny-stripes", "--folds", "2").stdout.splitlines()[-1]
    here("prepare", "tiny-stripes", "--folds", "3", "--fold-seed", "1", "--reset-folds")
    for words in (("predict", run, "--tta", "identity"), ("ensemble", "tiny-stripes", run, other)):
        done = here(*words, check=False)
        assert done.returncode == 3 and f"the folds here differ from what {run} was trained on" in done.stderr
