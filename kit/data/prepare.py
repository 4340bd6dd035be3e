"""From the archive to a decoded cache and folds. Each step leaves valid output alone and rebuilds anything else."""

from pathlib import Path
from typing import Any

import numpy as np

from kit import paths
from kit.competition import Competition
from kit.data import cache, cache_manifest, check, holdout, keep_folds, near_duplicates, write_cache
from kit.data import folds as fold_table
from kit.data.archives import unpack
from kit.data.cache import Dataset
from kit.errors import DataError
from kit.files import hold_lock, replace_file
from kit.json_files import read_json, write_json
from kit.paths import DataFolders
from kit.progress import say


def prepare(
    competition: Competition,
    folders: DataFolders | None = None,
    *,
    folds: int | None = None,
    fold_seed: int | None = None,
    reset_folds: bool = False,
    allow_bad: bool = False,
    held_out: float = 0.0,
    folds_from: Path | None = None,
    split_groups: bool = False,
) -> Dataset:
    """Extracts, decodes and checks the data, and deals out folds.csv. Returns the data: images, ids and labels of both parts.
    What is there and valid is kept, folds.csv too.

    folders: where the archive lies and the rest goes, by default kit.paths.data(competition.slug). folds: how many to deal
    out, by default the competition's; fold_seed: by which seed, 0 by default. reset_folds: deal out again. allow_bad: go on
    with more than 1 % of the training images unreadable. held_out: the share of the training images to set aside
    (kit.data.holdout), 0 to 1, unless some are already; the others keep their folds. folds_from: a table that brings folds
    along; split_groups: even if they part groups (kit.data.keep_folds).

    Raises DataError for a missing or refused archive, data that do not fit, folds of other data or that part groups, or if
    another process prepares the same data now.
    """
    folders = folders or paths.data(competition.slug)
    folds = folds or competition.folds
    with hold_lock(folders.root / ".prepare.lock", f"{competition.slug} is being prepared by another process"):
        archive = _archive(competition, folders)
        named = competition.archives
        required = [name for name in (named.train, named.test, named.sample, named.labels) if name]
        raw = unpack.extract(archive, folders.raw, digest=_read_digest(archive), required=required)
        if held_out:
            _hold_out(competition, folders, raw, held_out, folds, allow_bad)
        dataset = _decode(competition, folders, raw, allow_bad)
        if folds_from:
            keep_folds.bring(folds_from, folders, dataset, reset=reset_folds, split_groups=split_groups)
        elif reset_folds:
            _deal(competition, folders, dataset, folds, fold_seed)
        kept = None if folds_from or reset_folds else fold_seed
        fold_of = _settle_folds(competition, folders, dataset, None if folds_from else folds, kept)
        if not folds_from:  # which were checked when they were brought
            keep_folds.check_whole(folders.folds, dataset.train, fold_of, split_groups=split_groups)
        return dataset


def _hold_out(
    competition: Competition, folders: DataFolders, raw: str, share: float, folds: int, allow_bad: bool
) -> None:
    """Writes holdout.csv unless there is one. `decode` sees by it that the cache and the folds are of before, also if this was
    cut off.
    """
    if folders.holdout.exists():
        say(f"{folders.holdout} stays: rows are held out once and for all")
        return
    if not cache_manifest.is_current(competition, folders, raw):
        write_cache.write(competition, folders, raw, allow_bad=allow_bad)
    train = _group_near_duplicates(cache.load(competition, folders), folders).train
    rows, public = holdout.choose(train, competition.target, share)
    left = np.setdiff1d(np.arange(len(train.ids)), rows)
    fold_table.check(train.groups[left], train.same_pixels[left], folds)  # no way back from here
    holdout.write(folders.holdout, competition, train, rows, public)
    say(f"{folders.holdout}: never trained on from here on; runs from before cannot be compared any more")


def decode(competition: Competition, folders: DataFolders, raw: str, *, folds: int) -> Dataset:
    """What follows on raw/, wherever it came from: cache, check and folds, those that are there or as many as `folds`. raw: the
    sha256 of its archive.
    """
    dataset = _decode(competition, folders, raw)
    _settle_folds(competition, folders, dataset, folds)
    return dataset


def _decode(competition: Competition, folders: DataFolders, raw: str, allow_bad: bool = False) -> Dataset:
    if not cache_manifest.is_current(competition, folders, raw):
        write_cache.write(competition, folders, raw, allow_bad=allow_bad)
    dataset = cache.load(competition, folders)
    check_data(competition, folders, dataset)
    return dataset


def _settle_folds(
    competition: Competition, folders: DataFolders, dataset: Dataset, folds: int | None, fold_seed: int | None = None
) -> np.ndarray:
    """The fold of each training row, by the folds.csv that is there, or a new one. folds: None takes as many as there are;
    fold_seed: None by any seed. That folds which are there are others than was asked for is said.
    """
    there = folders.folds.exists()
    if there:
        keep_folds.drop_held_out(folders.folds, dataset)
    else:
        _deal(competition, folders, dataset, folds or competition.folds, fold_seed)
    fold_of = fold_table.read(folders.folds, dataset.train.ids)
    if never := int((fold_of < 0).sum()):
        say(f"{folders.folds}: {never} of {len(fold_of)} rows are learned from, never judged")
    if folds and (here := int(fold_of.max()) + 1) != folds:
        seed = "" if fold_seed is None else f" by the seed {fold_seed}"
        say(f"{folders.folds} has {here} folds and stays; --reset-folds makes {folds}{seed}")
    elif there and folds and fold_seed is not None:
        asked = _make_folds(competition, folders, dataset, folds, fold_seed)
        if not np.array_equal(fold_of, asked):
            say(f"{folders.folds} stays and is not by the seed {fold_seed}; --reset-folds deals out new ones by it")
    return fold_of


def _deal(competition: Competition, folders: DataFolders, dataset: Dataset, folds: int, fold_seed: int | None) -> None:
    dealt = _make_folds(competition, folders, dataset, folds, fold_seed or 0)
    fold_table.write(folders.folds, dataset.train.ids, dealt)


def _make_folds(
    competition: Competition, folders: DataFolders, dataset: Dataset, folds: int, fold_seed: int
) -> np.ndarray:
    return fold_table.make(_group_near_duplicates(dataset, folders), competition.target, folds, fold_seed)


def _group_near_duplicates(dataset: Dataset, folders: DataFolders) -> Dataset:
    """With near-duplicates in one group, if `kit review twins` has listed them."""
    listed = folders.review / "twins.csv"
    if not listed.exists():
        return dataset
    say(f"the pairs in {listed} stay together")
    return near_duplicates.group_pairs(dataset, near_duplicates.read(listed, dataset))


def check_data(competition: Competition, folders: DataFolders, dataset: Dataset) -> dict[str, Any]:
    """The data check (kit.data.check), read from cache/check.json or made and written there."""
    path = folders.cache / "check.json"
    if path.exists() and (report := read_json(path)).get("fingerprint") == dataset.fingerprint:
        return dict(report)
    report = check.examine(dataset, competition.target, cache.quarantine(folders))
    report["window"] = cache.read_window(folders)
    report["hidden"] = unpack.count_hidden(folders.raw)
    write_json(path, report)
    return report


def build_archive(competition: Competition, folders: DataFolders) -> Path:
    """The path of the archive; a local competition has written it, and its solution, if either was missing."""
    archive = folders.archives / f"{competition.slug}.zip"
    if competition.build and not (archive.exists() and folders.solution.exists()):
        with replace_file(archive) as made, replace_file(folders.solution) as solution:
            competition.build(made, solution)
    return archive


def _archive(competition: Competition, folders: DataFolders) -> Path:
    """The archive, which must be there. Raises DataError otherwise."""
    archive = build_archive(competition, folders)
    if not archive.exists():
        raise DataError(
            f"no archive of {competition.slug}",
            expected=archive,
            do=f"`kit download {competition.slug}`, or with --from ARCHIVE for one fetched in the browser",
        )
    return archive


def _read_digest(archive: Path) -> str | None:
    """The sha256 that `kit download` recorded; None for an archive put there by hand."""
    manifest = archive.with_name("manifest.json")
    entry = read_json(manifest).get("files", {}).get(archive.name) if manifest.exists() else None
    if entry is None:
        return None
    if entry["size"] != archive.stat().st_size:
        raise DataError(
            f"{archive} is not the file that was downloaded",
            received=f"{archive.stat().st_size} bytes",
            expected=entry["size"],
            do="download it again",
        )
    return str(entry["sha256"])
