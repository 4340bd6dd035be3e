"""Measures the figures of the README's tables: `make bench`, or `make bench ARGS="cifar-10 --archives DIR"`.

Each benchmark runs the real CLI as a subprocess in an empty $KIT_HOME and prints one row. Scores are out of fold.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
BACKBONES = {  # backbone -> file in the folder of weights
    "mobilenet_v2_1.00": "mobilenet_v2_1.0_224_no_top_from_int8.h5",
    "mobilenet_1.00": "mobilenet_1_0_224_no_top_from_uint8.h5",
    "mobilenet_v2_0.35": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
}


@dataclass(frozen=True)
class Place:
    """Where a benchmark works and finds what it needs."""

    home: Path
    archives: Path
    weights: Path

    def kit(self, *words: str) -> tuple[list[str], float, int]:
        """(lines of stdout, seconds, peak resident MiB of its largest process) of one call of the CLI."""
        started = time.monotonic()
        environment = {**os.environ, "KIT_HOME": str(self.home)}
        process = subprocess.Popen(
            [sys.executable, "-m", "kit", *words], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
        )
        out = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise click.ClickException(f"kit {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
        return out, time.monotonic() - started, usage.ru_maxrss // 1024

    def fetched(self, slug: str) -> float:
        """Seconds from the archive to prepared data."""
        _, taking, _ = self.kit("download", slug, "--from", str(self.archives / f"{slug}.zip"))
        _, preparing, _ = self.kit("prepare", slug)
        return taking + preparing

    def metrics(self, run: str) -> dict:
        return json.loads((self.home / "runs" / run / "metrics.json").read_text())


def _row(name: str, metrics: dict, seconds: float) -> str:
    score = f"{metrics['metric']} {metrics['score']:.4f} ± {metrics['error']:.4f}"
    return f"{name}: {score} on {metrics['rows']} rows, {seconds:.0f} s"


def digit_recognizer(place: Place, seed: int) -> str:
    seconds = place.fetched("digit-recognizer")
    out, training, _ = place.kit("train", "digit-recognizer", "--folds", "1", "--seed", str(seed))
    _, submitting, _ = place.kit("submit", "digit-recognizer", out[-1])
    return _row("digit-recognizer, scratch, one fold", place.metrics(out[-1]), seconds + training + submitting)


def cifar_10(place: Place, seed: int) -> str:
    seconds = place.fetched("cifar-10")
    out, training, _ = place.kit("train", "cifar-10", "--folds", "1", "--seed", str(seed))
    _, submitting, _ = place.kit("submit", "cifar-10", out[-1])
    return _row("cifar-10, scratch, one fold", place.metrics(out[-1]), seconds + training + submitting)


def dogs_vs_cats(place: Place, seed: int) -> str:
    fetching = place.fetched("dogs-vs-cats")
    runs, ensemble, seconds = _three_backbones(place, seed)
    _, submitting, _ = place.kit("submit", "dogs-vs-cats", ensemble)
    title = "dogs-vs-cats, features, three backbones, flip TTA"
    total = _row(title, place.metrics(ensemble), fetching + sum(seconds) + submitting)
    own = [_row(f"  {run}", place.metrics(run), took) for run, took in zip(runs, seconds, strict=False)]
    return "\n".join([total, *own])


def _three_backbones(place: Place, seed: int) -> tuple[list[str], str, list[float]]:
    """(the three runs, their ensemble, the seconds that each of the four took)."""
    runs, seconds = [], []
    for backbone, file in BACKBONES.items():
        words = ["--recipe", "features", "--backbone", backbone, "--weights", str(place.weights / file)]
        out, took, _ = place.kit("train", "dogs-vs-cats", *words, "--seed", str(seed))
        runs, seconds = [*runs, out[-1]], [*seconds, took]
    out, blending, _ = place.kit("ensemble", "dogs-vs-cats", *runs)
    return runs, out[-1], [*seconds, blending]


def kernel(place: Place, seed: int) -> str:
    """A kernel of three backbones, run with the packages of Kaggle's image, against the same test predictions made here."""
    place.fetched("dogs-vs-cats")
    runs, ensemble, _ = _three_backbones(place, seed)
    _, building, _ = place.kit("kernel", "build", "dogs-vs-cats", "--run", ensemble)
    tried = json.loads("\n".join(place.kit("kernel", "try", "dogs-vs-cats-predict", "--json")[0]))
    for features in (place.home / "data" / "dogs-vs-cats" / "features").glob("*-test-*"):
        features.unlink()  # so that what the kernel predicts is predicted anew here, and no more than that
    local = sum(place.kit("predict", run, "--tta", "identity,hflip")[1] for run in runs)
    local += sum(
        place.kit(verb, "dogs-vs-cats", *what)[1] for verb, what in (("ensemble", runs), ("submit", [ensemble]))
    )
    built = place.home / "kernels" / "dogs-vs-cats-predict"
    size = sum(file.stat().st_size for file in built.glob("*/*")) / 1e6
    seconds = tried["seconds"]
    return (
        f"kernel of dogs-vs-cats, three backbones: {size:.1f} MB, built in {building:.0f} s; {tried['agreement']}; "
        f"{seconds:.0f} s and {tried['peak_mib']} MiB in the kernel, {local:.0f} s here: ratio {seconds / local:.2f}"
    )


def demo(place: Place, seed: int) -> str:
    started = time.monotonic()
    out, _, _ = place.kit("demo")
    return "\n".join([f"demo: {time.monotonic() - started:.0f} s", *("  " + line for line in out)])


def pipeline(place: Place, seed: int) -> str:
    """Training rate with the real pipeline ÷ the rate on one batch held in memory; see bench_pipeline."""
    rows = []
    for slug in ("digit-recognizer", "cifar-10"):
        place.fetched(slug)
        command = [sys.executable, "-m", "tests.bench_pipeline", slug]
        environment = {**os.environ, "KIT_HOME": str(place.home)}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT, check=True)
        rows.append(done.stdout.strip().splitlines()[-1])
    return "\n".join(rows)


def memory(place: Place, seed: int) -> str:
    """Peak memory of the largest process of prepare and predict on cifar-10."""
    place.kit("download", "cifar-10", "--from", str(place.archives / "cifar-10.zip"))
    _, preparing, prepare_peak = place.kit("prepare", "cifar-10")
    run = place.kit("train", "cifar-10", "--folds", "1", "--set", "epochs=1")[0][-1]
    _, predicting, predict_peak = place.kit("predict", run, "--tta", "identity,hflip")
    return f"cifar-10: prepare {prepare_peak} MiB, {preparing:.0f} s; predict {predict_peak} MiB, {predicting:.0f} s"


def cli_help(place: Place, seed: int) -> str:
    times = sorted(place.kit("--help")[1] for _ in range(9))
    return f"kit --help: median {times[4]:.3f} s ({times[0]:.3f} to {times[-1]:.3f}) of 9"


BENCHMARKS = {
    "help": cli_help,
    "demo": demo,
    "memory": memory,
    "dogs-vs-cats": dogs_vs_cats,
    "kernel": kernel,
    "digit-recognizer": digit_recognizer,
    "pipeline": pipeline,
    "cifar-10": cifar_10,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--archives", default=ROOT.parent / "shared" / "kaggle", type=Path, help="Folder of <slug>.zip.")
@click.option("--weights", default=ROOT.parent / "shared" / "weights", type=Path, help="Folder of ImageNet weights.")
@click.option("--seed", default=[0], multiple=True, show_default=True, help="May be repeated.")
def main(names: tuple[str, ...], archives: Path, weights: Path, seed: tuple[int, ...]) -> None:
    """Run the benchmarks NAMES (default: all)."""
    for name in names or BENCHMARKS:
        for number in seed:
            with tempfile.TemporaryDirectory() as home:
                row = BENCHMARKS[name](Place(Path(home), archives.resolve(), weights.resolve()), number)
                click.echo(f"[seed {number}] {row}")


if __name__ == "__main__":
    main()
