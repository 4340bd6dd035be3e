"""`kit kernel try`: runs a built kernel here as Kaggle would, and compares what it wrote with the local submission.

Read-only inputs where Kaggle mounts them, an empty HOME, no network, and a Python with the packages of Kaggle's image.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import paths, predictions, runs
from kit.competition import Competition
from kit.data import prepare
from kit.data.archives import unpack
from kit.errors import DataError
from kit.json_files import read_json
from kit.kernel import bundle
from kit.kernel.inside import OUTPUT
from kit.progress import say
from kit.submission import build, sample

HOURS, MEMORY_GIB = 9, 29  # of a code competition's rerun and of a GPU session; plain sessions have 12 hours
LAYOUTS = {  # where Kaggle mounts a competition and a dataset
    "old": ("{slug}", "{dataset}"),
    "new": ("competitions/{slug}", "datasets/someone/{dataset}"),
}
PYTHON = ".venv-kaggle/bin/python"
# Cut off in namespaces of its own: no network at all, and the inputs mounted read-only.
CUT = ["unshare", "--user", "--map-root-user", "--net", "--mount"]
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@dataclass(frozen=True)
class Trial:
    """result: what the kernel itself reports. cut: whether the network was really cut. agreement: in words."""

    result: dict[str, Any]
    seconds: float
    peak_mib: int
    cut: bool
    agreement: str
    submission: Path


def run(folder: Path, competition: Competition, *, layout: str, python: Path) -> Trial:
    """Raises DataError if the kernel fails, or writes another submission than the run that it was built from."""
    manifest = bundle.manifest(folder)
    if not python.exists():
        raise DataError(f"no Python at {python}", do="make kernel-env makes one with the packages of Kaggle's image")
    with tempfile.TemporaryDirectory(prefix="kit-try-") as scratch:
        root = Path(scratch)
        _lay_out(root / "kaggle", folder, competition, layout)
        script = _script(folder, root)
        cut = _can_cut()
        if not cut:
            say("warning: this system does not allow `unshare`: the network stays on, and inputs can be written to")
        seconds, peak = _execute(root, python, script, cut)
        output = root / "kaggle" / "working"
        result = _read_result(output, manifest)
        kept = folder / "try"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(output, kept)
    agreement = _agreement(manifest, competition, kept / "submission.csv")
    return Trial(result, seconds, peak, cut, agreement, kept / "submission.csv")


def _lay_out(kaggle: Path, folder: Path, competition: Competition, layout: str) -> None:
    archive = prepare.build_archive(competition, paths.data(competition.slug))
    if not archive.exists():
        raise DataError(f"no archive of {competition.slug}", do=f"kit download {competition.slug}")
    data, dataset = LAYOUTS[layout]
    unpack.open_outermost(archive, kaggle / "input" / data.format(slug=competition.slug))
    if (folder / "dataset").is_dir():
        name = read_json(folder / "dataset" / bundle.METADATA)["id"].partition("/")[2]
        where = kaggle / "input" / dataset.format(dataset=name)
        shutil.copytree(folder / "dataset", where, ignore=shutil.ignore_patterns(bundle.METADATA))
    (kaggle / "working").mkdir()


def _script(folder: Path, root: Path) -> Path:
    """The kernel as one script: of a notebook, its cells one after another."""
    notebook = folder / "kernel" / "kernel.ipynb"
    if not notebook.exists():
        return folder / "kernel" / "kernel.py"
    cells = json.loads(notebook.read_text())["cells"]
    script = root / "kernel.py"
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    script.write_text(code.removesuffix("main()") + 'if __name__ == "__main__":\n    main()\n')
    return script


def _can_cut() -> bool:
    try:
        return subprocess.run([*CUT, "true"], capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def _execute(root: Path, python: Path, script: Path, cut: bool) -> tuple[float, int]:
    """(seconds, peak resident MiB of its largest process). Raises DataError with the kernel's last line if it fails."""
    for name in ("home", "tmp"):
        (root / name).mkdir()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "KAGGLE_KERNEL_RUN_TYPE": "Batch",
        "KIT_KAGGLE": str(root / "kaggle"),
        "PYTHONNOUSERSITE": "1",
    }
    command = [str(python.absolute()), str(script.absolute())]
    if cut:
        command = [*CUT, "sh", "-c", READ_ONLY, str(root / "kaggle" / "input"), *command]
    log, started = root / "kernel.log", time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=root / "kaggle" / "working"
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        lines = log.read_text(errors="replace").strip().splitlines() or ["nothing"]
        say("\n".join(lines[-30:]))
        raise DataError(f"the kernel ended with {process.returncode}", received=lines[-1].removeprefix("kit: "))
    return time.monotonic() - started, usage.ru_maxrss >> 10


def _read_result(output: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    result = read_json(output / OUTPUT)
    if result["bundle"] != manifest["sha256"]:
        raise DataError("the kernel ran another bundle", received=result["bundle"], expected=manifest["sha256"])
    return dict(result)


def _agreement(manifest: dict[str, Any], competition: Competition, written: Path) -> str:
    """How the kernel's submission compares with the run's own. Raises DataError where they disagree."""
    if manifest["mode"] == "train":
        return "a training: nothing to compare with"
    expected = build.build(competition, predictions.load(runs.find(manifest["run"]).test), sample.read(competition))
    here, there = expected.splitlines(), written.read_bytes().splitlines()
    if here == there:
        return "the same bytes as the local submission"
    differing = sum(a != b for a, b in zip(here, there, strict=False)) + abs(len(here) - len(there))
    if competition.submission.kind in ("probability", "value") and len(here) == len(there):
        largest = max(measure_difference(a, b) for a, b in zip(here[1:], there[1:], strict=True))
        if largest <= 1e-4:
            return f"predictions differ from the local submission by at most {largest:.1g}, on {differing} rows"
        raise DataError("the kernel predicts otherwise", received=f"{largest:.2g} apart", expected="at most 1e-4")
    raise DataError(
        "the kernel writes another submission than the local one",
        received=f"{differing} of {len(here) - 1} rows differ",
        expected="the same bytes",
        do=f"compare {written} with the run's own",
    )


def measure_difference(here: bytes, there: bytes) -> float:
    """The largest difference between the fields of two lines, of what is above 1 its share; infinite where text differs."""
    pairs = zip(here.split(b","), there.split(b","), strict=True)
    try:
        numbers = [(float(a), float(b)) for a, b in pairs if a != b]
        return max(abs(a - b) / max(1, abs(a), abs(b)) for a, b in numbers)
    except ValueError:
        return float("inf") if here != there else 0.0
