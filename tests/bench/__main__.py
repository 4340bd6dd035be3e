"""Measures the figures of the README's tables: `make bench`, or `make bench ARGS="cifar-10 --archives DIR"`.

Each benchmark works in an empty $KIT_HOME and prints its rows. Scores are out of fold.
"""

import tempfile
from pathlib import Path

import click

from tests.bench import jobs
from tests.bench.place import ROOT, Place


def pipeline(place: Place, seed: int) -> str:
    """Training rate with the real pipeline ÷ the rate on one batch held in memory; see tests.bench.pipeline."""
    slugs = ("digit-recognizer", "cifar-10")
    for slug in slugs:
        place.fetched(slug)
    return "\n".join(place.measured("pipeline", slug)[-1] for slug in slugs)


BENCHMARKS = {
    "help": jobs.cli_help,
    "demo": jobs.demo,
    "memory": jobs.memory,
    "dogs-vs-cats": jobs.dogs_vs_cats,
    "kernel": jobs.kernel,
    "digit-recognizer": jobs.digit_recognizer,
    "pipeline": pipeline,
    "cifar-10": jobs.cifar_10,
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
