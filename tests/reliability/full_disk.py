"""A real file system that is full at some moment of a verb; once there is space, the verb is typed again."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.reliability import tree
from tests.reliability.place import Place
from tests.reliability.tally import Tally, judge_end
from tests.reliability.verbs import Verb

PROMISE = "a full disk is told in one line, what was there stays whole, and the verb repeated"
MIB = 24
PAGE = 4096


@contextmanager
def mount(folder: Path) -> Iterator[bool]:
    """A file system of MIB in memory over the folder; False where this user may not mount one."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MIB}m", "none", str(folder)], capture_output=True)
    try:
        yield not done.returncode
    finally:
        if not done.returncode:
            subprocess.run(["umount", str(folder)], check=True)


def fill_disk(place: Place, verbs: Sequence[Verb], steps: int) -> Iterator[Tally]:
    """A tally for each verb, with `steps` amounts of free space between nothing and what the verb needs."""
    with mount(place.kept) as mounted:
        for verb in verbs if mounted else ():
            tally, seen = Tally(PROMISE, verb.name), place.secrets
            place.restore(verb.state)
            before = _free(place.kept)
            place.run(verb.words(place))
            undisturbed, needed = place.read_tree(), max(before - _free(place.kept), PAGE)
            amounts = max(1, steps // 2) if verb.trains else steps  # of what takes seconds, half as many
            for step in range(amounts):
                _attempt(place, verb, tally, undisturbed, needed * step // amounts)
            tally.secrets = place.secrets - seen
            yield tally


def _attempt(place: Place, verb: Verb, tally: Tally, undisturbed: dict[str, bytes], free: int) -> None:
    place.restore(verb.state)
    was, words = tree.read(place.kept), verb.words(place)
    ballast = place.kept / "ballast"
    with open(ballast, "wb") as handle:
        os.posix_fallocate(handle.fileno(), 0, max(PAGE, _free(place.kept) - free))
    told = judge_end(place.run(words), (0, 3))
    ballast.unlink()
    kept = tally.lose(_keep_what_was(tree.read(place.kept), was, undisturbed))
    again = verb.again(place, words)
    repeated = judge_end(place.run(again), (*verb.done, 2)) if again else ""
    difference = tree.compare(place.read_tree(), undisturbed)
    tally.count(f"{free} bytes free", told, kept, repeated, tally.lose(difference), tally.count_submissions(place))


def _keep_what_was(found: dict[str, bytes], was: dict[str, bytes], undisturbed: dict[str, bytes]) -> tree.Difference:
    """What is lost of what was there and was not to change."""
    same = {name: data for name, data in was.items() if undisturbed.get(name) == data}
    return tree.compare({name: found[name] for name in same if name in found}, same)


def _free(folder: Path) -> int:
    seen = os.statvfs(folder)
    return seen.f_bavail * seen.f_frsize
