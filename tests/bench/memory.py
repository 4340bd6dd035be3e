"""Memory of each step with 300,000 test images, beside 5,000: `make bench ARGS=memory`, or TEST_IMAGES=20000 for fewer.

Counted is what belongs to nobody else: anonymous and shared memory (PSS) of the command and all its processes, at the peak;
files that are mapped, the decoded images among them, the system takes back when it needs them.
"""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import cv2
import numpy as np

from tests.bench.place import ROOT, Place

FOLDER = Path(__file__).parent
SLUG = "long-test"
TRAIN, FEW, MANY = 2000, 5000, 300_000  # images
INTERVAL_S = 0.1
COUNTED = ("Pss_Anon:", "Pss_Shmem:")


def memory(place: Place, seed: int) -> str:
    """A line for each step: MiB with few test images, with many, and the ratio."""
    many = int(os.environ.get("TEST_IMAGES", MANY))
    alone = _watch([sys.executable, "-c", "import tensorflow"], {})[1]
    few, more = (_measure(place, rows, seed) for rows in (FEW, many))
    lines = [f"import of TensorFlow alone: {alone} MiB", f"{'':<10}{FEW:>9,}{many:>9,} test images, MiB at the peak"]
    lines += [f"{step:<10}{few[step]:>9}{more[step]:>9}  {more[step] / few[step]:.2f}" for step in few]
    return "\n".join(lines)


def _measure(place: Place, rows: int, seed: int) -> dict[str, int]:
    """Step -> MiB."""
    home = place.home / str(rows)
    home.mkdir()
    write_archive(home / "given.zip", rows, seed)
    peaks: dict[str, int] = {}

    def kit(step: str, *words: str) -> str:
        command = [sys.executable, "-m", "kit", "--competitions", str(FOLDER), *words]
        printed, peaks[step] = _watch(command, {"KIT_HOME": str(home)})
        return printed.splitlines()[-1] if printed else ""

    kit("download", "download", SLUG, "--from", str(home / "given.zip"))
    kit("prepare", "prepare", SLUG)
    runs = [kit("train", "train", SLUG, "--folds", "1", "--seed", str(number)) for number in range(2)]
    kit("predict", "predict", runs[0], "--tta", "hflip")
    blended = kit("ensemble", "ensemble", SLUG, *runs)
    kit("submit", "submit", SLUG, blended)
    kit("report", "report", runs[0], "--quick")
    return peaks


def write_archive(path: Path, rows: int, seed: int) -> None:
    """`rows` test images of noise, none equal to another, as PNG."""
    draw = np.random.default_rng(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for part, count in (("train", TRAIN), ("test", rows)):
            for number in range(count):
                pixels = draw.integers(0, 128, (32, 32, 3), dtype=np.uint8) + np.uint8(100 * (number % 2))
                out.writestr(f"{part}/{number}.png", cv2.imencode(".png", pixels)[1].tobytes())
        names = (f"{number},{('dark', 'light')[number % 2]}\n" for number in range(TRAIN))
        out.writestr("labels.csv", "id,label\n" + "".join(names))
        out.writestr(
            "sample_submission.csv", "id,dark,light\n" + "".join(f"{number},0.5,0.5\n" for number in range(rows))
        )


def _watch(command: list[str], environment: dict[str, str]) -> tuple[str, int]:
    """(what it printed, MiB at the peak) of a command."""
    peak = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}, cwd=ROOT
    ) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_count_bytes, _list_tree(process.pid))))
            time.sleep(INTERVAL_S)
        printed = process.stdout.read()
    if process.returncode:
        raise click.ClickException(f"{' '.join(command)} ended with {process.returncode}")
    return printed, peak >> 20


def _list_tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _list_tree(int(child))
    except OSError:  # it has ended
        return


def _count_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(COUNTED))
