"""The week of docs/tutorial.md, its commands as they stand there, on a small competition and a Kaggle on loopback."""

import json
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kit import paths, predictions, runs
from kit.competition import Competition
from kit.data import cache
from kit.plugins import load_folder
from kit.targets import Classes

ROOT = Path(__file__).resolve().parent.parent


def commands() -> list[str]:
    """The lines of the section's block, for tiny-stripes in place of its competition."""
    section = (ROOT / "docs" / "tutorial.md").read_text().split("## A week in a competition")[1]
    block = re.search(r"```sh\n(.*?)```", section, re.S)[1]
    lines = [line.split("#")[0].strip() for line in block.splitlines()]
    return [line.replace("digit-recognizer", "tiny-stripes") for line in lines if line]


def _wrong_in_other_rows(competition: Competition, *names: str) -> None:
    """Lets two runs be wrong in a tenth of the rows each, so that both together are right, whatever they have learned; of the
    test rows right is what no trained network says, so that these bytes are new.
    """
    train = cache.load(competition, paths.data(competition.slug)).train
    for place, run in enumerate(map(runs.find, names)):
        for path in (run.oof, run.test):
            told = predictions.load(path)
            truth = cache.labels_of(train, told.ids) if path == run.oof else (np.arange(len(told.ids)) + 1) % 3
            values = 0.2 + 0.4 * np.eye(3)[truth]
            wrong = np.arange(len(truth)) % 10 == 5 * place
            values[wrong] = 0.3 + 0.1 * np.eye(3)[(truth[wrong] + 1) % 3]
            predictions.save(path, predictions.make(told.ids, values.astype(np.float32), Classes(told.columns)))


def test_the_commands_of_the_week_do_what_the_readme_says(here, kaggle, archive, home, plugins):
    kaggle.board.now = datetime.now(UTC)
    kaggle.board.others = [(f"team {place}", 0.999 - 0.004 * place, [f"user{place}"]) for place in range(9)]
    (home / "team").mkdir()
    (home / "Downloads").mkdir()
    shutil.copy(archive, home / "Downloads" / "tiny-stripes.zip")
    said = {}
    for line in commands():
        first, *words = shlex.split(line.replace("~/", f"{home}/").replace("/mnt/", f"{home}/"))
        assert first == "kit"
        said[line] = here(*words, *(["--poll", "0"] if "--wait" in words else [])).stdout
        if "--name plain" in line:
            _wrong_in_other_rows(load_folder(plugins / "tiny-stripes"), "tiny-stripes-first", "tiny-stripes-plain")
    sent = json.loads(here("submissions", "tiny-stripes", "--offline", "--json").stdout)
    assert [entry["run"].rsplit("-", 3)[0] for entry in sent] == ["tiny-stripes-first", "tiny-stripes-both"]
    assert {entry["public"] for entry in sent} == {0.99571}
    assert len(list((home / "runs").glob("tiny-stripes-*/report.html"))) == 1
    assert (home / "data" / "tiny-stripes" / "report.html").is_file()
    pair = said["kit pick tiny-stripes --public-share 0.25"]
    assert "tiny-stripes-first" in pair and "tiny-stripes-both" in pair
