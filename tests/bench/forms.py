"""From `kit new` to a checked submission in the forms of real competitions, and how many lines a person has to settle."""

import re
import subprocess
import sys
from pathlib import Path

import click

from tests.bench.place import ROOT, Place

EDITS = {  # what the page of a competition says: a pattern in a line that says TODO or in the one below, and what it becomes
    "aerial-cactus-identification": [('metric=".*"', 'metric="auc"')],
    "kannada-mnist": [
        (r"A\.HorizontalFlip\(p=0.5\)", "A.Affine(translate_px=(-2, 2), p=1.0)"),
        (r'tta=\("identity", "hflip"\)', 'tta=("identity",)'),
    ],
    "petfinder-pawpularity-score": [("high=[0-9]+", "high=100")],
    "planet-understanding-the-amazon-from-space": [('metric=".*"', 'metric="row_f2"')],
    "plant-pathology-2020-fgvc7": [('metric=".*"', 'metric="auc"')],
    "plant-seedlings-classification": [('metric=".*"', 'metric="micro_f1"')],
}
TINY = ("--folds", "1", "--set", "epochs=1", "--set", "backbone=cnn", "--set", "width=8", "--name", "tiny")


def forms(place: Place, seed: int) -> str:
    """A line for each form that ../shared/forms/build.py builds. Raises ClickException where it is not there."""
    builder = place.archives.parent / "forms" / "build.py"
    if not builder.exists():
        raise click.ClickException(f"no {builder}")
    built = place.home / "forms"
    subprocess.run([sys.executable, str(builder), str(built)], check=True, stdout=subprocess.DEVNULL)
    return "\n".join(f"{archive.stem}: {_go(place, archive, seed)}" for archive in sorted(built.glob("*.zip")))


def _go(place: Place, archive: Path, seed: int) -> str:
    slug, folder = archive.stem, place.home / "competitions"
    folder.mkdir(exist_ok=True)
    words = ("--competitions", str(folder))
    command = [sys.executable, "-m", "kit", *words, "new", slug, "--from", str(archive)]
    made = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if made.returncode:
        return f"refused: {made.stderr.strip()}"
    file = folder / slug / "competition.py"
    text = file.read_text("utf-8")
    file.write_text(_settle(slug, text), "utf-8")
    place.kit(*words, "download", slug, "--from", str(archive))
    place.kit(*words, "prepare", slug, "--folds", "3")
    run = place.kit(*words, "train", slug, "--seed", str(seed), *TINY)[0][-1]
    place.kit(*words, "submit", slug, run)
    metrics = place.metrics(run)
    score = f"{metrics['metric']} {metrics['score']:.4f} ± {metrics['error']:.4f}, file checked"
    edited = len(EDITS.get(slug, []))
    return f"{text.count('TODO')} TODO, guesses among them: {text.count('a guess')}; lines edited: {edited}; {score}"


def _settle(slug: str, text: str) -> str:
    """The text with a person's decisions. Raises ClickException for one that no TODO asked for."""
    lines = text.splitlines(keepends=True)
    for old, new in EDITS.get(slug, []):
        places = [place for place, line in enumerate(lines) if re.search(old, line)]
        asked = [place for place in places if "TODO" in lines[place] + lines[place - 1]]
        if len(places) != 1 or places != asked:
            raise click.ClickException(f"{slug}: no single TODO at {old}")
        lines[places[0]] = re.sub(old, new, lines[places[0]])
    return "".join(lines)
