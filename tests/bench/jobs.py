"""Whole jobs, from the archive to a checked submission, by the CLI alone."""

import csv
import json
import time
from pathlib import Path

from tests.bench.place import BACKBONES, Place


def row(name: str, metrics: dict, seconds: float) -> str:
    score = f"{metrics['metric']} {metrics['score']:.4f} ± {metrics['error']:.4f}"
    return f"{name}: {score} on {metrics['rows']} rows, {seconds:.0f} s"


def digit_recognizer(place: Place, seed: int) -> str:
    """What `kit run` makes of it: the competition's networks on one fold, and their ensemble."""
    fetching = place.fetched("digit-recognizer")
    ensemble, took, rows = _whole_run(place, "digit-recognizer", seed, "--folds", "1")
    total = row("digit-recognizer, scratch, one fold, ensemble", place.metrics(ensemble), fetching + took)
    return "\n".join([total, *rows])


def _whole_run(place: Place, slug: str, seed: int, *words: str) -> tuple[str, float, list[str]]:
    """`kit run` of what is prepared: its ensemble, its seconds, and a row for each model."""
    out, took, _ = place.kit("run", slug, "--seed", str(seed), "--json", *words)
    ensemble = json.loads("\n".join(out))["models"][-1]["run"]
    parts = [(part["run"], part["seconds"]) for part in place.metrics(ensemble)["parts"]]
    return ensemble, took, [row(f"  {run}", place.metrics(run), seconds) for run, seconds in parts]


def cifar_10(place: Place, seed: int) -> str:
    """One network from its first weights; then a pretrained one that goes on learning, and the ensemble of both."""
    seconds = place.fetched("cifar-10")
    alone, training = _one_fold(place, "cifar-10", seed)
    _, submitting, _ = place.kit("submit", "cifar-10", alone)
    tuned, tuning = _one_fold(place, "cifar-10", seed, *_tuned_on_small_photos(place, "mobilenet_v2_1.00"))
    out, blending, _ = place.kit("ensemble", "cifar-10", alone, tuned)
    _, again, _ = place.kit("submit", "cifar-10", out[-1])
    return "\n".join(
        [
            row("cifar-10, progressive, one fold", place.metrics(alone), seconds + training + submitting),
            row("cifar-10, finetune, one fold", place.metrics(tuned), tuning),
            row("cifar-10, both", place.metrics(out[-1]), seconds + training + tuning + blending + again),
        ]
    )


def cifar_10_gpu(place: Place, seed: int) -> str:
    """A wide residual network from its first weights, for which a GPU has the time."""
    seconds = place.fetched("cifar-10")
    settings = ["width=128", "epochs=150", "batch_size=256", "learning_rate=0.2", "randaugment=5", "cutout=12"]
    settings += ["label_smoothing=0.1"]
    words = ["--recipe", "scratch", "--backbone", "wide_resnet"]
    run, training = _one_fold(place, "cifar-10", seed, *words, *_set(settings))
    _, submitting, _ = place.kit("submit", "cifar-10", run)
    return row("cifar-10, wide residual network, one fold", place.metrics(run), seconds + training + submitting)


def _set(settings: list[str]) -> list[str]:
    return [word for setting in settings for word in ("--set", setting)]


def _one_fold(place: Place, slug: str, seed: int, *words: str) -> tuple[str, float]:
    """(a run of one fold, its seconds)."""
    out, took, _ = place.kit("train", slug, "--folds", "1", "--seed", str(seed), *words)
    return out[-1], took


def _tuned_on_small_photos(place: Place, backbone: str) -> list[str]:
    """Photos of 32 pixels at three times their size are far from what a backbone knows: all of it learns, and fast."""
    settings = ["image_size=96", "unfreeze=1", "epochs=6", "learning_rate=0.001", "rate_decay=0.7", "batch_size=64"]
    settings += ["cutout=0", "randaugment=0", "label_smoothing=0.1"]
    words = ["--recipe", "finetune", "--backbone", backbone, "--weights", str(place.weights / BACKBONES[backbone])]
    return [*words, *_set(settings)]


def dogs_vs_cats(place: Place, seed: int) -> str:
    """What `kit run` makes of it: the competition's backbones and sizes, and their ensemble; and which step took how long."""
    place.keep_weights()
    fetching = place.fetched("dogs-vs-cats")
    ensemble, took, rows = _whole_run(place, "dogs-vs-cats", seed)
    made = place.metrics(ensemble)
    features, heads = _features_and_heads(place, [part["run"] for part in made["parts"]])
    steps = {"download and prepare": fetching, "features": features, "heads": heads}
    steps["start, ensemble, report and submission"] = took - features - heads
    total = row("dogs-vs-cats, features, three backbones, flip TTA", made, fetching + took)
    return "\n".join([total, *rows, *(f"  {step}: {seconds:.1f} s" for step, seconds in steps.items())])


def _features_and_heads(place: Place, runs: list[str]) -> tuple[float, float]:
    """Seconds of each. The head of the first fold waits for the features, the others find them on disk."""
    features = heads = 0.0
    for run in runs:
        histories = sorted((place.home / "runs" / run).glob("fold-*/history.csv"))
        first, *others = [float(next(csv.DictReader(path.open()))["seconds"]) for path in histories]
        head = sum(others) / len(others)
        features, heads = features + first - head, heads + head + sum(others)
    return features, heads


def three_backbones(place: Place, seed: int) -> tuple[list[str], str]:
    """(the runs, their ensemble)."""
    runs = []
    for backbone in BACKBONES:
        words = ["--recipe", "features", "--backbone", backbone, "--weights", str(place.weights / BACKBONES[backbone])]
        runs.append(place.kit("train", "dogs-vs-cats", *words, "--seed", str(seed))[0][-1])
    return runs, place.kit("ensemble", "dogs-vs-cats", *runs)[0][-1]


def kernel(place: Place, seed: int) -> str:
    """A kernel of three backbones, run with the packages of Kaggle's image, against the same test predictions made here."""
    place.fetched("dogs-vs-cats")
    runs, ensemble = three_backbones(place, seed)
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


def report(place: Place, seed: int) -> str:
    """The page of a run that was judged on all 20,000 training images and predicts 5,000; how good it is does not matter."""
    place.fetched("cifar-10")
    words = ("--recipe", "scratch", "--backbone", "cnn", "--set", "width=8", "--set", "epochs=1", "--seed", str(seed))
    run = place.kit("train", "cifar-10", *words, "--folds", "5")[0][-1]
    page, seconds, peak = place.kit("report", run)
    size = Path(page[-1]).stat().st_size / 1e6
    return f"report of {place.metrics(run)['rows']:,} judged images: {seconds:.0f} s, {peak} MiB, {size:.1f} MB"


def demo(place: Place, seed: int) -> str:
    started = time.monotonic()
    out, _, _ = place.kit("demo")
    return "\n".join([f"demo: {time.monotonic() - started:.0f} s", *("  " + line for line in out)])


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
