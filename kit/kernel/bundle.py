"""`kit kernel build`: a dataset folder that carries everything, and a kernel folder that runs it with the internet off.

<folder>/dataset/  bundle.json (what runs, with which weights, and the sha256 of every other file)  kit.pyz
                   <run>.<member>.weights.h5  <backbone>.<hash>.h5  folds.csv, holdout.csv, corrections.csv (mode train)
                   *.whl  dataset-metadata.json
         kernel/   kernel.py or kernel.ipynb, kernel-metadata.json
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from kit import paths, predictions
from kit.competition import Competition
from kit.config import Config
from kit.data import cache
from kit.errors import ConfigError, DataError
from kit.files import replace_folder, sha256
from kit.json_files import read_json, write_json
from kit.kaggle import names
from kit.kernel import entries, packing, script
from kit.kernel.options import Options
from kit.runs import Run, provenance
from kit.submission import build as submission
from kit.submission import sample

MANIFEST = "bundle.json"
METADATA = "dataset-metadata.json"
LOCAL = "local.json"  # where the weights lie on this machine: for the run that comes back
KEPT = ("pushed.json", "output")  # of a kernel that was pushed and still runs, say, when another is built


def build_for_run(folder: Path, competition: Competition, run: Run, options: Options) -> Path:
    """A kernel that predicts with the members of `run`. Raises DataError for a run that cannot be carried."""
    provenance.check_competition(run, competition.slug)
    files: dict[str, Path] = {}
    manifest: dict[str, Any] = {"mode": "predict", "run": run.id, "runs": entries.entries(competition, run, files)}
    manifest["window"] = cache.read_window(paths.data(competition.slug))
    manifest["levels"] = cache.read_levels(paths.data(competition.slug))
    expected = submission.build(competition, predictions.load(run.test), sample.read(competition))
    manifest["submission_sha256"] = hashlib.sha256(expected).hexdigest()  # what the kernel should write
    return _write(folder, competition, manifest, files, options)


def build_for_training(
    folder: Path, competition: Competition, config: Config, origin: dict[str, str], options: Options
) -> Path:
    """A kernel that trains this configuration, on the folds, hold-out and corrections of the team, where there are any.

    Raises ConfigError for settings that would only fail on Kaggle, where every push spends accelerator time.
    """
    from kit.learn.train import check_config

    config = check_config(competition, config)
    if config.teacher:
        raise ConfigError("a teacher stays here", received=f"recipe {config.recipe}", expected="one without a teacher")
    if config.stacked_on:
        raise ConfigError(
            "runs to stack on stay here", received=f"stacked_on={','.join(config.stacked_on)}", expected="none"
        )
    files: dict[str, Path] = {}
    manifest = {"mode": "train", "config": entries.portable(config), "origin": origin, "name": None}
    manifest["backbone"] = entries.backbone(competition, config, files)
    here = paths.data(competition.slug)
    files |= {path.name: path for path in (here.folds, here.holdout, here.corrections) if path.exists()}
    written = _write(folder, competition, manifest, files, options)
    write_json(folder / LOCAL, {"weights": config.weights})
    return written


def _write(
    folder: Path, competition: Competition, manifest: dict[str, Any], files: dict[str, Path], options: Options
) -> Path:
    names.check(options.name)
    with replace_folder(folder) as made:
        dataset = made / "dataset"
        dataset.mkdir()
        for name, path in files.items():
            shutil.copyfile(path, dataset / name)
        packing.code(dataset / "kit.pyz", competition)
        packing.wheels(dataset, competition)
        carried = {path.name: sha256(path) for path in sorted(dataset.iterdir())}
        write_json(dataset / MANIFEST, {"slug": competition.slug, **manifest, "files": carried})
        script.write(made / "kernel", dataset, competition, options)
        slug = names.dataset(options.name)
        write_json(
            dataset / METADATA,
            {"title": names.title(slug), "id": f"{names.OWNER}/{slug}", "licenses": [{"name": "CC0-1.0"}]},
        )
        if options.single_file:
            shutil.copyfile(dataset / MANIFEST, made / "kernel" / MANIFEST)
            shutil.rmtree(dataset)
        for name in KEPT:
            if (folder / name).exists():
                _copy(folder / name, made / name)
    return folder


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def manifest(folder: Path) -> dict[str, Any]:
    """The bundle.json of what was built in `folder`. Raises DataError if nothing was."""
    for path in (folder / "dataset" / MANIFEST, folder / "kernel" / MANIFEST):
        if path.exists():
            return dict(read_json(path)) | {"sha256": sha256(path)}
    raise DataError(f"no kernel in {folder}", do="kit kernel build SLUG --run RUN")


def size(folder: Path) -> int:
    """Bytes that a push uploads."""
    return sum(path.stat().st_size for file in ("dataset", "kernel") for path in (folder / file).glob("*"))
