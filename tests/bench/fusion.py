"""What photographs tell, what columns beside them tell, and both: on rows that were set aside, from the written file."""

import numpy as np

from kit.data import cache
from kit.paths import DataFolders
from kit.plugins import load
from tests.bench import arrange
from tests.bench.place import Place
from tests.bench.targets import FEATURES, HERE, Task

ROWS, ASIDE = 12_000, 2_000


def moments(place: Place, seed: int) -> str:
    """Which class at which moment: photographs alone cannot tell the moment, columns alone cannot tell the class."""
    both, alone = (_make(place, slug, seed) for slug in ("moments", "moments-photo"))
    lines = ["moments"]
    for name, task, words in (
        ("photographs alone, features", alone, FEATURES),
        ("columns alone, boosting", both, ("--recipe", "boosting")),
        ("both, features", both, FEATURES),
    ):
        run, seconds = task.train(*words) if words is FEATURES else _train(task, words)
        lines.append(f"  {name}: {task.score('accuracy', task.submit(run))}, {seconds:.0f} s")
    return "\n".join(lines)


def _train(task: Task, words: tuple[str, ...]) -> tuple[str, float]:
    out, seconds = task.kit("train", task.competition.slug, *words, "--seed", str(task.seed))
    return out[-1], seconds


def _make(place: Place, slug: str, seed: int) -> Task:
    place.fetched("cifar-10")
    given, with_columns = load("cifar-10"), load("moments", [HERE])
    photographs = cache.load(given, DataFolders(place.home / "data" / "cifar-10")).train
    names = given.target.write(photographs.labels)
    images, known, beside = arrange.at_moments(photographs.images, names, np.random.default_rng(seed))
    competition, archive = load(slug, [HERE]), place.home / f"{slug}.zip"
    arrange.write(archive, with_columns, images[:ROWS], known[:ROWS], ASIDE, beside[:ROWS])
    place.kit("--competitions", str(HERE), "download", slug, "--from", str(archive))
    place.kit("--competitions", str(HERE), "prepare", slug)
    data = cache.load(competition, DataFolders(place.home / "data" / slug))
    return Task(place, competition, data, competition.target.encode(known[ROWS - ASIDE : ROWS]), seed)
