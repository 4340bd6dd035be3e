"""A store that other kits have written into: an older one, a newer one, and members with other folds and other classes."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from tests.season import figures, members
from tests.season.season import Season
from tests.season.world import SLUG

DAMAGED = 3  # exit code


def pull_beside_others(season: Season) -> None:
    """Eve, who is new, pulls what fits; the rest is refused, each with its reason."""
    ann, store = season.members[0], season.store.parent / "strays"
    shutil.copytree(season.store, store)
    dan, eve = (members.join(name, ann.home.parent, ann.proxy, ann.spoken) for name in ("dan", "eve"))
    for member, seed in ((dan, "7"), (eve, "0")):
        member.succeed("download", SLUG)
        member.succeed("prepare", SLUG, "--folds", "3", "--fold-seed", seed)
    season.runs["dan's"] = dan.take("train", SLUG, "--name", "other-folds", "--push", "--store", str(store))
    _reverse_classes(store / season.runs["base"])
    _make_older(store / season.runs["bob's wide"])
    _make_newer(store / season.runs["cyd's wide"])
    _check_listed(season, eve.run("runs", "remote", "--store", str(store), "--json"))
    done = eve.run("runs", "pull", "--store", str(store))
    season.claims.equal("a pull that refuses some: exit code", done.returncode, DAMAGED)
    for name, word in (("base", "another order"), ("dan's", "folds"), ("cyd's wide", "newer version of the kit")):
        lines = [line for line in done.stderr.replace("\n  ", " ").splitlines() if season.runs[name] in line]
        season.claims.holds(f"... {name} is refused: {word}", lines[0] if lines else "", word in " ".join(lines))
    here = {row["run"]: row for row in eve.read("runs", "list", SLUG)}
    season.claims.equal("... and the rest is here", sorted(map(season.name, here)), ["bob's wide", "long"])
    older = here[season.runs["bob's wide"]]
    score, _ = figures.accuracy(season.folder("bob's wide"), season.labels)
    season.claims.equal("a run of an older kit: its score", older["score"], score, within=1e-9)
    season.claims.equal("... which does not say its author", older["author"], "")


def _check_listed(season: Season, done: members.Done) -> None:
    listed = {row["run"]: row["score"] for row in json.loads(done.stdout)}
    older, newer = season.runs["bob's wide"], season.runs["cyd's wide"]
    season.claims.equal("a look at what an older kit pushed: no score", listed.get(older, ""), None)
    season.claims.holds("... and what a newer one pushed is named", done, newer not in listed and newer in done.stderr)


def _reverse_classes(folder: Path) -> None:
    for name in ("oof.npz", "test.npz"):
        with np.load(folder / name, allow_pickle=False) as held:
            values = dict(held)
        values |= {key: values[key][..., ::-1] for key in ("classes", "probabilities")}
        np.savez(folder / name, **values)
        _sign(folder, name)


def _make_older(folder: Path) -> None:
    """As before runs had an author, a copy of their competition's folder, and a score that is seen before a pull."""
    record = json.loads((folder / "run.json").read_text())
    del record["author"]
    (folder / "run.json").write_text(json.dumps(record))
    _sign(folder, "run.json")
    shutil.rmtree(folder / "plugin")
    (folder / "plugin.json").unlink()
    _change_manifest(folder, lambda stored: stored.pop("about"))


def _make_newer(folder: Path) -> None:
    _change_manifest(folder, lambda stored: stored.update(format=99, more={"of": "it"}))


def _sign(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    _change_manifest(folder, lambda stored: stored["files"].update({name: entry}))


def _change_manifest(folder: Path, change: Any) -> None:
    path = folder / "manifest.json"
    stored = json.loads(path.read_text())
    change(stored)
    path.write_text(json.dumps(stored))


SCENES = (pull_beside_others,)
