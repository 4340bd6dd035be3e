"""Files that somebody wrote to do harm, or that were damaged: each is refused in one line, or read; nothing else changes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.reliability import tree
from tests.reliability.child import Ended
from tests.reliability.hostile_files import archives, images, shared, tables, weights
from tests.reliability.place import PHOTOS, SLUG, Place
from tests.reliability.states import A
from tests.reliability.tally import Tally, judge_end

SECONDS, BYTES = 30.0, 1 << 30  # that an attempt may take, and of memory beyond what is imported


@dataclass(frozen=True)
class Family:
    """lay: puts the file with this content or change into the place. commands: that read it, until one refuses. codes: exit
    codes that are right, 0 where it may be taken: an unreadable image is set aside, say.
    made: folders that a refusal may leave: an archive is kept before it is looked into, and unpacked before tables are read.
    """

    promise: str
    state: str
    cases: Iterable[tuple[str, object]]
    lay: Callable[[Place, object], None]
    commands: tuple[tuple[str, ...], ...]
    codes: tuple[int, ...] = (3,)
    made: tuple[str, ...] = ("/archives/",)


def _lay_archive(place: Place, made: object) -> None:
    (place.home / "given").mkdir()
    made(place.home / "given")


def _lay_table(place: Place, name_and_data: object) -> None:
    name, data = name_and_data
    tables.pack(place.archive, place.home / "given.zip", name, data)


def _lay_image(place: Place, data: bytes) -> None:
    images.pack(place.home / "given.zip", data)


def _lay_shared(place: Place, change: Callable[[Path], None]) -> None:
    change(next(place.team.glob(f"{A}*")))


def _lay_checkpoint(place: Place, name_and_change: tuple[str, Callable[[Path], None]]) -> None:
    name, change = name_and_change
    change(next(place.home.glob(f"runs/{SLUG}-[ac]-*/fold-0/{name}")))


FAMILIES = (
    Family(
        "hostile archives are refused",
        "fresh",
        archives.CASES.items(),
        _lay_archive,
        (("download", SLUG, "--from", "given/a.zip"), ("prepare", SLUG)),
    ),
    Family(
        "hostile tables are refused",
        "fresh",
        tables.CASES.items(),
        _lay_table,
        (("download", SLUG, "--from", "given.zip"), ("prepare", SLUG)),
        made=("/archives/", "/raw/"),
    ),
    Family(
        "hostile images are set aside",
        "fresh",
        images.CASES.items(),
        _lay_image,
        (("download", PHOTOS, "--from", "given.zip"), ("prepare", PHOTOS, "--allow-bad")),
        codes=(0, 3),
    ),
    Family(
        "hostile arrays and JSON of a teammate are refused",
        "shared",
        shared.CASES.items(),
        _lay_shared,
        (("runs", "pull", "--store", "../team", A),),
        codes=(2, 3),  # 2 for settings that this kit does not know
    ),
    Family(
        "damaged checkpoints are refused",
        "interrupted",
        weights.CHECKPOINTS.items(),
        _lay_checkpoint,
        (("train", "--resume", f"{SLUG}-c-"),),
    ),
    Family(
        "damaged or foreign weights are refused",
        "trained",
        weights.WEIGHTS.items(),
        _lay_checkpoint,
        (("predict", A, "--tta", "hflip"),),
    ),
)


def read_hostile(place: Place, families: Iterable[Family] = FAMILIES) -> Iterator[Tally]:
    for family in families:
        tally, seen = Tally(family.promise), place.secrets
        for name, case in family.cases:
            place.restore(family.state)
            family.lay(place, case)
            before = tree.read(place.kept)
            ended = _run_until_refused(place, family.commands)
            refused = ended.code != 0
            told = judge_end(ended, family.codes)
            slow = f"{ended.seconds:.0f} s" if ended.seconds > SECONDS else ""
            large = f"{ended.grown >> 20} MiB" if ended.grown > BYTES else ""
            kept = tally.lose(_changes(before, place, family)) if refused else None
            tally.count(name, told, slow, large, kept)
        tally.secrets = place.secrets - seen
        yield tally


def _run_until_refused(place: Place, commands: tuple[tuple[str, ...], ...]) -> Ended:
    for words in commands:
        ended = place.run([str(place.home / word) if word.startswith(("given", "../")) else word for word in words])
        if ended.code:
            return ended
    return ended


def _changes(before: dict[str, bytes], place: Place, family: Family) -> tree.Difference:
    """Of a refusal, but for locks and what it may have made."""
    after = {name: data for name, data in tree.read(place.kept).items() if ".lock" not in name}
    strays = {
        name: data for name, data in after.items() if name in before or not any(one in name for one in family.made)
    }
    return tree.compare(strays, {name: data for name, data in before.items() if ".lock" not in name})
