"""The wheel: built, installed beside the dependencies, and used from an empty folder where the checkout cannot be imported."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests import own_parts

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kit", "competitions", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
BESIDE = "maps/classes.txt"  # which a competition.py might read
SLUGS = sorted(path.parent.name for path in ROOT.glob("competitions/*/competition.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built offline from a copy, so that a build leaves nothing in the checkout and takes nothing old from it."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for path in filter(Path.exists, (ROOT / name for name in PARTS)):
        if path.is_dir():
            shutil.copytree(path, source / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source)
    for name in ("kaggle.json", ".cache/notes.csv", BESIDE):
        (source / "competitions" / SLUGS[0] / name).parent.mkdir(exist_ok=True)
        (source / "competitions" / SLUGS[0] / name).write_text("DECOY")
    words = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *words, "."], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def target(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture
def installed(target, home, tmp_path):
    """installed(*words): `python *words` in an empty folder; of what it imports the kit is the wheel's.

    -I and -S leave out the environment and the .pth files, one of which may name the checkout; the dependencies are named.
    """
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    places = [str(target), sysconfig.get_path("purelib"), *(path for path in sys.path if path.endswith("-packages"))]
    begin = f"import sys; sys.path[:0] = {places!r}; "
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "KIT_HOME")}

    def run(code: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "-c", begin + code]
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def verb(installed):
    """verb("list", "--json"): stdout of the installed `kit list --json`."""
    return lambda *words: installed(f"sys.argv[1:] = {words!r}; from kit.cli.main import main; sys.exit(main())").stdout


def test_it_holds_code_competitions_and_nothing_else_that_lies_about(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "kit/py.typed" in names and "kit/kernel/bootstrap.py" in names
    carried = sorted(name for name in names if name.startswith("kit_competitions/"))
    expected = [f"{slug}/{name}" for slug in SLUGS for name in ("README.md", "competition.py")]
    assert carried == sorted(f"kit_competitions/{name}" for name in (*expected, f"{SLUGS[0]}/{BESIDE}"))
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"kit", "kit_competitions"}


def test_it_says_its_license_and_that_it_is_typed(wheel):
    packed = zipfile.ZipFile(wheel)
    said = next(packed.read(name).decode() for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
    assert "\nLicense-Expression: MIT\n" in said and "\nClassifier: Typing :: Typed\n" in said
    assert [name for name in packed.namelist() if name.endswith(".dist-info/licenses/LICENSE")]


def test_it_is_used_without_the_checkout(installed, target):
    found = installed("import kit, kit.plugins as p; print(kit.__file__); print(p.BUILT_IN)").stdout.split()
    assert found == [str(target / "kit" / "__init__.py"), str(target / "kit_competitions")]


def test_its_code_has_the_hash_of_the_checkout(installed):
    from kit.runs.environment import source_hash

    assert installed("from kit.runs.environment import source_hash as s; print(s())").stdout.strip() == source_hash()


def test_its_competitions_are_listed_and_another_begun(verb, tmp_path):
    assert [row["slug"] for row in json.loads(verb("list", "--json"))] == SLUGS
    assert "prepare" in verb("--help")
    assert verb("new", "zoo").strip() == "competitions/zoo/competition.py"
    assert (tmp_path / "elsewhere" / "competitions" / "zoo" / "competition.py").is_file()


def test_competitions_of_another_folder_use_what_they_bring(installed, verb, plugins, archive, tmp_path):
    own_parts.bring(plugins)
    elsewhere = ("--competitions", str(plugins))
    listed = {row["slug"]: row for row in json.loads(verb(*elsewhere, "list", "--json"))}
    assert listed.keys() == {*SLUGS, "tiny-stripes"} and listed["tiny-stripes"]["metric"] == "worth"
    steps = "new zoo", f"download tiny-stripes --from {archive}", "prepare tiny-stripes", "train tiny-stripes --folds 1"
    each = [[*elsewhere, *step.split()] for step in steps]  # in one process, since each would load Keras
    installed(f"from kit.cli.main import kit; [kit.main(words, standalone_mode=False) for words in {each!r}]")
    assert (plugins / "zoo" / "competition.py").is_file()
    [run] = (tmp_path / "elsewhere" / "runs").glob("tiny-stripes-*")
    own_parts.check_used(json.loads((run / "config.json").read_text())["config"])
    assert json.loads((run / "metrics.json").read_text())["metric"] == "worth"


def test_from_data_to_a_kernel(verb, tmp_path):
    verb("prepare", "sklearn-digits")
    built = json.loads(verb("kernel", "build", "sklearn-digits", "--mode", "train", "--json"))
    bundle = tmp_path / "elsewhere" / "kernels" / built["name"] / "dataset" / "kit.pyz"
    names = zipfile.ZipFile(bundle).namelist()
    assert "kit/kernel/inside.py" in names and "competitions/sklearn-digits/competition.py" in names
    assert not [name for name in names if "cifar" in name or name.startswith("kit_competitions")]
