"""The folds of the team, which lie beside its runs: who pushes first brings them, who comes later takes them."""

from collections.abc import Collection
from pathlib import Path

from kit import paths
from kit.competition import Competition
from kit.data import cache, keep_folds
from kit.errors import DataError
from kit.files import scratch_folder
from kit.progress import say
from kit.sharing.manifest import FOLDS
from kit.sharing.stores import Store


def find_missing(store: Store, slugs: Collection[str]) -> dict[str, Path]:
    """By key, the folds files here that the store has not. Others than those there are mentioned on stderr."""
    missing = {}
    for slug in sorted(slugs):
        here, there = paths.data(slug).folds, store.read(f"{slug}/{FOLDS}")
        if not here.exists():
            continue
        if there is None:
            missing[f"{slug}/{FOLDS}"] = here
        elif there != here.read_bytes():
            say(f"warning: the team has other folds than {here}: teammates will refuse runs that were trained on these")
    return missing


def take(store: Store, competition: Competition, *, reset: bool = False) -> Path:
    """Makes the folds of the team those here. reset: in place of others. Raises DataError if there are none, if they do not fit
    the data, or differ from those here.
    """
    folders = paths.data(competition.slug)
    dataset, content = cache.load(competition, folders), store.read(f"{competition.slug}/{FOLDS}")
    if content is None:
        raise DataError(
            f"the team has no folds of {competition.slug} there", do="`kit runs push` brings them with a run"
        )
    with scratch_folder(folders.root) as scratch:
        brought = scratch / "team.csv"
        brought.write_bytes(content)
        keep_folds.bring(brought, folders, dataset, reset=reset, split_groups=True, called="the team's")
    return folders.folds
