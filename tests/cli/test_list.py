import json
import os

import pytest

from kit import runs
from kit.config import Config
from kit.plugins import folders

PLUGIN = """
from kit.competition import Archives, Competition, Submission
from kit.targets import Classes

COMPETITION = Competition(
    slug="{slug}", title="Zoo", target=Classes(("cat", "dog")), image_shape=(8, 8, 3), metric="log_loss",
    submission=Submission("id", ("dog",), "probability"), archives=Archives("train.zip", "test.zip"),
    read=lambda raw, part: None, defaults={{"epochs": 3, "tta": ("identity", "hflip")}},
)
"""


@pytest.fixture
def plugins(tmp_path):
    zoo = PLUGIN.format(slug="zoo")
    texts = {"zoo": zoo, "broken": "x = 1\nx +\n", "other": "import nowhere\n"}
    texts["nets"] = zoo.replace('"zoo"', '"nets"').replace('"epochs": 3', '"backbone": "resnet8"')
    texts["typed"] = zoo.replace('"zoo"', '"typed"').replace("defaults=", "defaults=1, runs=")
    for slug, text in texts.items():
        file = tmp_path / "plugins" / slug / "competition.py"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return tmp_path / "plugins"


def test_broken_folders_take_a_line_and_the_others_still_list(here):
    done = here("list")
    lines = {line.split()[0].rstrip(":"): line for line in done.stdout.splitlines()}
    assert {"zoo", *folders()} <= lines.keys()
    assert lines["zoo"].split() == ["zoo", "Zoo", "log_loss", "epochs=3", "tta=identity,hflip", "-"]
    assert max(map(len, done.stdout.splitlines()[:1])) < 180 and "tta=identity ..." not in lines["zoo"]
    assert lines["cifar-10"].split()[-2:] == ["...", "-"]
    assert "broken: " in lines["broken"] and "line 2" in lines["broken"] and "SyntaxError" in lines["broken"]
    assert "no backbone 'resnet8'; did you mean 'resnet9'" in lines["nets"]
    assert "defaults is of another type; received 1; expected a dict of settings" in lines["typed"]
    assert "line 1" in lines["other"] and "No module named 'nowhere'" in lines["other"]


def test_json_tells_how_far_each_has_come(here, home):
    def zoo() -> dict:
        return next(entry for entry in json.loads(here("list", "--json").stdout) if entry["slug"] == "zoo")

    assert (zoo()["downloaded"], zoo()["prepared"]) == (False, False)
    archives = home / "data" / "zoo" / "archives"
    archives.mkdir(parents=True)
    (archives / "manifest.json").write_text("{}")
    assert (zoo()["downloaded"], zoo()["prepared"]) == (True, False)
    (home / "data" / "zoo" / "folds.csv").write_text("id,fold\n")
    assert (zoo()["downloaded"], zoo()["prepared"]) == (True, True)
    assert zoo()["defaults"] == {"epochs": 3, "tta": ["identity", "hflip"]}


def test_a_missing_folder_availables_is_one_line(home, tmp_path):
    import subprocess
    import sys

    command = [sys.executable, "-m", "kit", "--competitions", str(tmp_path / "none"), "list"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3 and done.stderr.startswith("kit: no folder of competitions at")
    assert "KIT_COMPETITIONS names it" in done.stderr


def test_the_next_line_is_about_the_competition_in_use(here, home):
    def follows() -> str:
        return here("list").stderr.splitlines()[-1].partition("plugins ")[2]

    def touch(path, seconds: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        os.utime(path, (seconds, seconds))

    assert follows().startswith("demo   (or: kit ") and follows().endswith("download SLUG)")
    touch(home / "data" / "zoo" / "archives" / "manifest.json", 10)
    touch(home / "data" / "cifar-10" / "archives" / "manifest.json", 9)
    assert follows() == "prepare zoo"
    touch(home / "data" / "cifar-10" / "folds.csv", 11)
    assert follows() == "train cifar-10"
    run = runs.create("zoo", "train", Config(), {}, name=None, fingerprints={})
    assert follows() == "next zoo"
    os.utime(run.folder / "run.json", (8, 8))
    assert follows() == "train cifar-10"
