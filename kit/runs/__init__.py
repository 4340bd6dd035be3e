"""A run is a folder of plain files: what was asked, in which environment, what came out. An ensemble is a run too.

runs/<id>/ run.json  config.json  environment.json  fold-0/ ...  oof.npz  test.npz  metrics.json (written last)
           plugin/<slug>/ (the competition's folder as it was, of a training)  note.txt  tags.txt

A training has a member per fold and seed: fold-0/, and of further seeds fold-0-seed-1/ ...
"""

import dataclasses
import datetime
import errno
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit import paths
from kit.config import Config, resolve
from kit.errors import ConfigError, DataError, nearest
from kit.files import scratch_folder
from kit.json_files import write_json
from kit.progress import say
from kit.runs import environment, plugin
from kit.runs.author import find_author
from kit.runs.check_records import read_records
from kit.runs.run import Run as Run
from kit.suggest import complete

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
END = re.compile(r"-\d{4}-\d{6}(-[0-9a-f]+)?$")  # of an id: the time and the random part


def create(
    slug: str,
    kind: str,
    config: Config,
    origin: Mapping[str, str],
    *,
    name: str | None,
    fingerprints: Mapping[str, str | None],
    parents: tuple[str, ...] = (),
    competition: Path | None = None,
) -> Run:
    """A new run folder with its records. Its id is <slug>-<name>-<UTC time>-<random>, so that those of a team do not meet.

    fingerprints: of the data, the folds and the corrections that it is trained on (kit.data.corrections.fingerprints).
    competition: the competition's folder, of which a training keeps a copy.
    """
    label = name or (kind if kind in ("ensemble", "import") else f"{config.recipe}-{config.backbone}")
    if not NAME.fullmatch(label):
        raise ConfigError(
            "--name does not fit into a folder name", received=repr(label), expected="letters, digits, . _ -"
        )
    now = datetime.datetime.now(datetime.UTC)
    created = now.isoformat("T", "seconds")
    author = find_author()[0]
    named = {"format": 1, "slug": slug, "kind": kind, "name": name, "parents": parents}
    named |= {"created": created, "author": author}
    with scratch_folder(paths.runs()) as scratch:
        made = scratch / "run"
        if competition:
            copy = plugin.copy(competition, made / "plugin" / slug)
            fingerprints = {**fingerprints, "plugin_sha256": plugin.hash_folder(copy)}
        write_json(made / "config.json", {"config": dataclasses.asdict(config), "origin": dict(origin)})
        write_json(made / "environment.json", environment.describe(config, fingerprints))
        folder = _move(made, named, make_id(slug, label, now))
    return Run(folder, folder.name, slug, kind, config, parents, created, author=author)


def label_of(run: Run) -> str:
    """What its id says between the competition and the time: its name, or what it is of."""
    return END.sub("", run.id.removeprefix(f"{run.slug}-"))


def make_id(slug: str, label: str, created: datetime.datetime) -> str:
    return f"{slug}-{label}-{created:%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _move(made: Path, record: Mapping[str, Any], name: str) -> Path:
    """Makes a whole folder a run: it appears with all its records, or not at all."""
    folder = paths.runs() / name
    write_json(made / "run.json", {"id": name, **record})
    try:
        made.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise DataError(f"a run {name} is here already", do="repeat the command") from None
        raise
    return folder


def open_run(folder: Path) -> Run:
    """Raises ConfigError for settings that this version of the kit does not know, DataError for damaged records."""
    return _make_run(folder, *read_records(folder))


def read_run(folder: Path) -> Run:
    """As `open_run`, to list or remove a run: what this kit does not know of its settings is left out, with a note."""
    record, stored = read_records(folder)
    try:
        run = _make_run(folder, record, stored)
    except ConfigError:
        known = {key: value for key, value in stored.items() if _fits(key, value)}
        odd = ", ".join(key for key in stored if key not in known)
        run = replace(_make_run(folder, record, known), note=f"of another version of the kit: {odd}")
    if run.id != folder.name:
        said = complete(f"in the folder {folder.name}, which is not its id: kit runs rename {folder.name}")
        return replace(run, note="; ".join(filter(None, (run.note, said))))
    return run


def _make_run(folder: Path, record: Mapping[str, Any], stored: Mapping[str, Any]) -> Run:
    config, _ = resolve([(str(folder / "config.json"), stored)])
    created = _read_created(folder / "run.json", record)
    own = (record["id"], record["slug"], record["kind"], config, tuple(record["parents"]), created)
    return Run(folder, *own, author=record.get("author", ""))


def _read_created(path: Path, record: Mapping[str, Any]) -> str:
    """UTC, ISO 8601: as recorded, or the time of the file."""
    try:
        when = datetime.datetime.fromisoformat(str(record.get("created")))
    except ValueError:
        when = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    return when.isoformat("T", "seconds")


def _fits(key: str, value: Any) -> bool:
    try:
        resolve([("", {key: value})])
    except ConfigError:
        return False
    return True


def list_runs(slug: str | None = None, *, archived: bool = False) -> list[Run]:
    """All runs here, oldest first; of one competition if asked. Those that are archived only if asked.

    Those of another version of the kit are among them (`read_run`); those with damaged records are named, and left out.
    """
    runs_here, left_out = [], 0
    for file in paths.runs().glob("*/run.json"):
        try:
            runs_here.append(read_run(file.parent))
        except DataError as error:
            left_out += 1
            say(f"left out: {error}")
    if left_out:
        say(f"{left_out} of {left_out + len(runs_here)} runs are left out")
    chosen = [run for run in runs_here if slug in (None, run.slug) and (archived or not run.archive_mark.exists())]
    return sorted(chosen, key=age)


def age(run: Run) -> tuple[str, int, str]:
    """To sort by, oldest first: the record, which is to the second, then its file: a run comes after those it was made of."""
    return run.created, (run.folder / "run.json").stat().st_mtime_ns, run.id


def find(reference: str, opened: Callable[[Path], Run] = open_run) -> Run:
    """A run by its id, by a unique beginning of it, or by its folder. Raises DataError with the nearest id.

    opened: `read_run` also takes a run of another version of the kit.
    """
    if "/" in reference and (Path(reference) / "run.json").is_file():
        return opened(Path(reference).resolve())
    ids = [file.parent.name for file in paths.runs().glob("*/run.json")]
    run = opened(
        paths.runs()
        / one_of(reference, ids, str(paths.runs()), "`kit runs` lists them, `kit runs pull` brings the team's")
    )
    if opened is open_run and run.id != run.folder.name:
        raise DataError(
            f"the folder {run.folder.name} is not called as the run in it",
            received=run.id,
            do=f"kit runs rename {run.folder.name}",
        )
    return run


def training_of(run: Run) -> Run:
    """The run of which `run`, if it is of kind "predict", holds the predictions under other TTA views; else itself."""
    while run.kind == "predict":
        run = find(run.parents[0])
    return run


def one_of(reference: str, ids: Sequence[str], where: str, remedy: str) -> str:
    """The id that `reference` is, or is a unique beginning of. Raises DataError with the nearest one."""
    matching = [name for name in ids if name == reference] or [name for name in ids if name.startswith(reference)]
    if len(matching) > 1:
        raise DataError(
            f"{reference!r} fits {len(matching)} runs", received=", ".join(sorted(matching)), do="give more of the id"
        )
    if not matching:
        raise DataError(f"no run {reference!r} in {where}", do=f"{nearest(reference, ids)} ({remedy})")
    return matching[0]
