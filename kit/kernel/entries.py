"""Which runs a submission rests on, and what a bundle must carry of each: weights, backbone, class prior, how to join them."""

import dataclasses
from pathlib import Path
from typing import Any

from kit import paths, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import cache
from kit.errors import ConfigError, DataError
from kit.files import sha256
from kit.json_files import read_json
from kit.runs import Run, provenance
from kit.runs.scores import read_scores


def entries(competition: Competition, final: Run, files: dict[str, Path]) -> list[dict[str, Any]]:
    """One record per run, parts before the ensembles made of them, `final` last; adds to `files` (name -> path) what to carry.

    Raises DataError for a run that is not finished, is stacked on others, was trained by a kit that did not keep class priors,
    or saw images of another size than they are decoded to now, as a kernel would.
    """
    if final.status() != "finished":
        raise DataError(f"{final.id} is not finished", received=final.status(), do=f"kit train --resume {final.id}")
    if final.kind == "import":
        raise DataError(f"{final.id} has no models that a kernel could run", received="predictions made elsewhere")
    by_run: dict[str, dict[str, Any]] = {}
    if final.kind == "ensemble":
        metrics = read_scores(final)
        parts = metrics["parts"]
        if "method" not in metrics:
            raise DataError(
                f"{final.id} was made by an older kit", do=f"kit ensemble {final.slug} " + " ".join(final.parents)
            )
        for part in parts:
            by_run |= {entry["id"]: entry for entry in entries(competition, runs.find(part["run"]), files)}
        blend = {"method": metrics["method"], "parameters": metrics["parameters"]}
        blend["parts"] = [part["run"] for part in parts]
        return [*by_run.values(), _entry(final, blend=blend)]
    trained = runs.training_of(final)
    provenance.check_not_stacked(trained, "in a kernel")
    provenance.check_data(trained, {"data_fingerprint": cache.read_fingerprint(paths.data(final.slug))})
    members = [_member(trained, trained.member(*member), files) for member in trained.members()]
    return [_entry(final, members=members, backbone=_carry_backbone(competition, trained.config, files))]


def _entry(run: Run, **particular: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"members": [], "backbone": None, "blend": None}
    own = {"id": run.id, "slug": run.slug, "kind": run.kind, "config": portable(run.config)}
    scores = read_scores(run)
    kept = {"finish": scores.get("finish"), "images_joined_by": scores.get("images_joined_by")}
    return own | plain | particular | kept


def portable(config: Config) -> dict[str, Any]:
    """The configuration without paths of this machine; the bundle says by itself where the weights lie in it."""
    return dataclasses.asdict(config) | {"weights": Path(config.weights).name}


def _member(run: Run, folder: Path, files: dict[str, Path]) -> dict[str, Any]:
    metrics = read_json(folder / "metrics.json")
    if "class_prior" not in metrics:
        raise DataError(
            f"{run.id} was trained by an older kit", expected="the class prior of its members", do="train again"
        )
    provenance.check_weights(folder / "model.weights.h5")
    name = f"{run.id}.{folder.name}.weights.h5"
    files[name] = folder / "model.weights.h5"
    return {"weights": name, "class_prior": metrics["class_prior"]}


def _carry_backbone(competition: Competition, config: Config, files: dict[str, Path]) -> str | None:
    from kit.learn import recipes

    return backbone(competition, config, files) if recipes.find(competition, config).frozen else None


def backbone(competition: Competition, config: Config, files: dict[str, Path]) -> str | None:
    """The name under which the bundle carries the backbone's pretrained weights; None for a recipe without them."""
    from kit.learn import recipes
    from kit.learn.networks import pretrained

    if not recipes.find(competition, config).pretrained:
        return None
    if config.weights == "none":
        raise ConfigError(
            "random weights of a frozen backbone are not kept with the run", do="train with --weights imagenet or PATH"
        )
    path = pretrained.save_imagenet(config.backbone) if config.weights == "imagenet" else Path(config.weights)
    pretrained.check_file(path, config.backbone)
    suffix = ".weights.h5" if path.name.endswith(".weights.h5") else ".h5"  # Keras chooses the format by it
    name = f"{config.backbone}.{sha256(path)[:12]}{suffix}"
    files[name] = path
    return name
