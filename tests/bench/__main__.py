"""Measures the figures of docs/benchmarks.md: `make bench`, or `make bench ARGS="cifar-10 --archives DIR"`.

Each benchmark works in an empty $KIT_HOME and prints its rows. Scores are out of fold.
"""

import tempfile
from pathlib import Path

import click

from tests.bench import final_two, forms, fusion, jobs, many_classes, memory, pick, review, speed, tables, targets
from tests.bench.place import ROOT, Place
from tests.bench.records import records

BENCHMARKS = {
    "help": jobs.cli_help,
    "records": records,
    "demo": jobs.demo,
    "memory": memory.memory,
    "memory-cifar-10": jobs.memory,
    "report": jobs.report,
    "dogs-vs-cats": jobs.dogs_vs_cats,
    "kernel": jobs.kernel,
    "digit-recognizer": jobs.digit_recognizer,
    "pipeline": speed.pipeline,
    "workers": speed.workers,
    "passes": speed.passes,
    "loaders": speed.loaders,
    "bf16": speed.bf16,
    "pick": pick.pick,
    "final_two": final_two.final_two_seasons,
    "review": review.review,
    "mosaics": targets.mosaics,
    "turned": targets.turned,
    "pairs": targets.pairs,
    "many": many_classes.many,
    "prices": tables.prices,
    "moments": fusion.moments,
    "forms": forms.forms,
    "cifar-10": jobs.cifar_10,
}
ON_A_GPU = {"cifar-10-gpu": jobs.cifar_10_gpu}  # only by name: hours without one
GROUPS = {"targets": ("mosaics", "turned", "pairs"), "speed": ("pipeline", "workers", "passes", "dogs-vs-cats")}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*GROUPS, *BENCHMARKS, *ON_A_GPU]))
@click.option("--archives", default=ROOT.parent / "shared" / "kaggle", type=Path, help="Folder of <slug>.zip.")
@click.option("--weights", default=ROOT.parent / "shared" / "weights", type=Path, help="Folder of ImageNet weights.")
@click.option("--seed", default=[0], multiple=True, show_default=True, help="May be repeated.")
def main(names: tuple[str, ...], archives: Path, weights: Path, seed: tuple[int, ...]) -> None:
    """Run the benchmarks NAMES (default: all). speed stands for all that is told as a ratio, and a whole job by step;
    targets for what is predicted other than a class.
    """
    for name in [each for word in names or BENCHMARKS for each in GROUPS.get(word, (word,))]:
        for number in seed:
            with tempfile.TemporaryDirectory() as home:
                row = (BENCHMARKS | ON_A_GPU)[name](Place(Path(home), archives.resolve(), weights.resolve()), number)
                click.echo(f"[seed {number}] {row}")


if __name__ == "__main__":
    main()
