"""What a finished run thinks of anybody's photographs: decoded as its images were, predicted as its test images were."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kit import paths, runs
from kit.competition import Competition, Split
from kit.data import cache
from kit.data.archives.limits import is_hidden
from kit.data.cache import CachedSplit, Dataset
from kit.data.columns import Levels
from kit.data.decode_image import choose_decoding, decode
from kit.data.image_rows import list_rows
from kit.data.readers import IMAGES, natural
from kit.data.tiles import cut_into_tiles
from kit.data.write_npy import open_npy
from kit.ensemble import finish, join_images
from kit.ensemble.build import blend
from kit.errors import DataError
from kit.files import explain_full_disk
from kit.learn import predict_again, recipes, train_member
from kit.learn.member import Member
from kit.paths import DataFolders
from kit.predictions import Predictions, average, check_whole
from kit.progress import bar
from kit.runs import Run, provenance
from kit.runs.scores import read_scores


def predict_photos(
    run: Run, competition: Competition, photos: Sequence[str | Path]
) -> tuple[Predictions, list[DataError]]:
    """(what the run predicts of the photos, their paths as ids; an error for each that cannot be read).

    photos: paths of files, or of folders of such, at any depth; they are cut into tiles where the images of the competition
    are. All members are averaged, under the run's own TTA views; of an ensemble, its runs are joined and finished as it was.
    Columns of a table, which a photo has not, are missing. Raises DataError for no photo that can be read, for a run without
    models or whose weights are not here, for one that reads no images, and where it is not known how photos are cut.
    """
    provenance.check_competition(run, competition.slug)
    if not competition.has_images:
        raise DataError(f"{run.id} reads no images", received="a competition of a table alone")
    _check_models(run, competition)
    levels, grid = _read_levels(competition), _read_grid(run, competition)
    files = _list_photos(photos)
    with tempfile.TemporaryDirectory(prefix="kit-photos-") as scratch:
        folders = DataFolders(Path(scratch))
        split, faults = _decode(competition, files, folders.root / "photos.npy", grid)
        if not len(split.ids):
            raise faults[0] if faults else DataError("no photos", received=", ".join(map(str, photos)))
        data = Dataset(cache.select_rows(split, np.arange(0), split.images[:0]), split, _fingerprint(split), levels)
        said = _predict(run, competition, data, folders)
    check_whole(said, "what is said of photos")
    return said, faults


def _check_models(run: Run, competition: Competition) -> None:
    """Raises DataError for a run, or a part of an ensemble, without models or of models that want more than images."""
    if run.kind == "ensemble":
        for part in read_scores(run)["parts"]:
            _check_models(runs.find(part["run"]), competition)
        return
    trained = predict_again.find_training(run)
    provenance.check_not_stacked(trained, "on photos")
    if recipes.find(competition, trained.config).reads == "table":
        raise DataError(f"{trained.id} reads no images", received=f"recipe {trained.config.recipe}")


def _read_levels(competition: Competition) -> Levels:
    """The categories that networks were built for. Raises DataError where they are not known here."""
    if not competition.table.categories:
        return ()
    here = paths.data(competition.slug)
    if not (here.cache / "manifest.json").exists():
        raise DataError(
            f"the categories of {competition.slug} are not known here", do=f"kit prepare {competition.slug}"
        )
    return cache.read_levels(here)


def _read_grid(run: Run, competition: Competition) -> tuple[int, int]:
    """(rows, columns) of the tiles that each photo is cut into. Raises DataError where that is not known here, or not one."""
    grids = cache.read_grids(paths.data(competition.slug))
    if grids is None:
        if not _joins_images(run):
            return 1, 1
        cached = paths.data(competition.slug).cache
        raise DataError(
            f"{run.id} joins several images of a row, and whether they are tiles of one photo is not known here",
            do=f"kit prepare {competition.slug}, without {cached} of an older kit",
        )
    if len(grids) > 1:
        raise DataError(f"photos of {competition.slug} are cut in several ways", received=grids, expected="one")
    return grids[0] if grids else (1, 1)


def _joins_images(run: Run) -> bool:
    if run.kind == "ensemble":
        return any(_joins_images(runs.find(parent)) for parent in run.parents)
    return "images_joined_by" in read_scores(run)


def _list_photos(photos: Sequence[str | Path]) -> list[Path]:
    """Each once; of a folder all images below, in natural order."""
    files: list[Path] = []
    for photo in map(Path, photos):
        below = (Path(root) / name for root, _, names in os.walk(photo) for name in names)
        images = [
            path for path in below if path.suffix.lower() in IMAGES and not is_hidden(str(path.relative_to(photo)))
        ]
        files += sorted(images, key=lambda path: natural(str(path))) if photo.is_dir() else [photo]
    return list(dict.fromkeys(files))


def _decode(
    competition: Competition, files: Sequence[Path], array: Path, grid: tuple[int, int] = (1, 1)
) -> tuple[CachedSplit, list[DataError]]:
    """(the photos as a split, those that cannot be read left out, an error for each of these). array: where pixels are kept.
    grid: (rows, columns) of tiles, each an image of its own.
    """
    shape = competition.image_shape
    here = paths.data(competition.slug)
    window = cache.read_window(here) if (here.cache / "manifest.json").exists() else None
    how = choose_decoding(competition, window)
    faults: list[DataError] = []
    ids: list[str] = []
    rows: list[str] = []
    with explain_full_disk(array), open_npy(array, shape) as append:
        for path in bar(files, label="decode", unit="photo"):
            try:
                photo = Split([str(path)], [path])
                cut = photo if grid == (1, 1) else cut_into_tiles(photo, *grid)
                append(np.stack([decode(image, how) for image in cut.images]))
                ids += cut.ids
                rows += cut.rows or cut.ids
            except DataError as error:
                faults.append(error)
    pixels = np.load(array, mmap_mode="r" if ids else None)
    count, columns = len(ids), len(competition.table.columns)
    each = np.arange(count)
    table = np.full((count, columns), np.nan, np.float32)
    labels, readable = competition.target.parse([]), np.ones(count, bool)
    answered = np.array(rows, str)
    return CachedSplit("test", np.array(ids, str), pixels, labels, readable, each, table=table, rows=answered), faults


def _fingerprint(split: CachedSplit) -> str:
    digest = hashlib.sha256()
    for image in split.images:
        digest.update(image.tobytes())
    return digest.hexdigest()


def _predict(run: Run, competition: Competition, data: Dataset, folders: DataFolders) -> Predictions:
    """Of the test images of `data`, finished as the run was."""
    scores, target = read_scores(run), competition.target
    ids = list_rows(data.test.rows)[0]
    if run.kind == "ensemble":
        parts = [_predict(runs.find(part["run"]), competition, data, folders) for part in scores["parts"]]
        values = blend(target, np.stack([part.before_finish().values for part in parts]), scores)
    else:
        values = _average_members(run, competition, data, folders)
        values = join_images.join_test(target, data.test, values, scores.get("images_joined_by", "mean"))[1]
    return finish.finish_test(target, ids, values, scores.get("finish"))


def _average_members(run: Run, competition: Competition, data: Dataset, folders: DataFolders) -> np.ndarray:
    """(N, K), by the members of the training that `run` goes back to."""
    trained, known, none = predict_again.find_training(run), recipes.available(competition), np.empty(0, np.int64)
    config, values = replace(trained.config, tta=run.config.tta, average=run.config.average), []
    for fold, number in trained.members():
        folder = trained.member(fold, number)
        member = Member(competition, config, data, folders, fold, none, none, folder, number, recipes=known)
        predictor = member.recipe.predictor(member)
        values.append(train_member.predict_rows(member, predictor, data.test, np.arange(len(data.test.ids)), run.id))
    return average(values)
