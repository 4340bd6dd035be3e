"""`make reliability`: kills, faults, full disks and hostile files, against every verb. Prints a line for each verb or kind of
file, each attempt that did not hold, and a table; 1 if one did not hold, or anything was lost, counted twice or seen.
"""

import argparse
import platform
import shlex
import sys
import time
from collections.abc import Iterator, Sequence

from tests.reliability import page
from tests.reliability.faults import fail_each_request
from tests.reliability.faulty_server import FAULTS
from tests.reliability.full_disk import fill_disk
from tests.reliability.hostile import read_hostile
from tests.reliability.kills import kill_each
from tests.reliability.place import Place, import_all, open_place
from tests.reliability.states import UNTRAINED, make_states
from tests.reliability.tally import Tally
from tests.reliability.verbs import VERBS, Verb

KINDS = ("kills", "faults", "disk", "hostile")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument(
        "kinds", nargs="*", choices=[*KINDS, []], metavar="KIND", help=f"of: {', '.join(KINDS)}; all by default"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the moments and the changes of the disk that are drawn")
    parser.add_argument("--verb", action="append", metavar="VERB", help="only this one; may be repeated")
    parser.add_argument(
        "--others", type=int, default=8, help="changes of the disk to be killed at, beside renames, of each verb"
    )
    parser.add_argument("--moments", type=int, default=4, help="moments to be killed at, of each verb")
    parser.add_argument("--fault", action="append", choices=FAULTS, help="of Kaggle, only this one; may be repeated")
    parser.add_argument("--steps", type=int, default=6, help="amounts of free space of the disk that is full")
    parser.add_argument("--write", action="store_true", help="the figures into docs/reliability.md")
    chosen = parser.parse_args()
    kinds, verbs = chosen.kinds or KINDS, [verb for verb in VERBS if not chosen.verb or verb.name in chosen.verb]
    started, tallies = time.monotonic(), []
    print(f"seed {chosen.seed}", flush=True)
    with open_place() as place:
        trained = "hostile" in kinds or any(verb.state not in UNTRAINED for verb in verbs)
        import_all(place, keras=trained)
        make_states(place, trained)
        for tally in _try_all(place, chosen, kinds, verbs):
            print(
                f"{time.monotonic() - started:6.0f} s  {tally.held:>4} of {tally.attempts:<4} {tally.promise}  {tally.verb}",
                flush=True,
            )
            print("".join(f"            {line}\n" for line in tally.broken), end="", flush=True)
            tallies.append(tally)
    print(f"\n{page.text(page.sum_up(tallies))}")
    if chosen.write:
        minutes = (time.monotonic() - started) / 60
        words = shlex.join(word for word in sys.argv[1:] if word != "--write")
        typed = f".venv/bin/python -m tests.reliability {words}" if words else "make reliability"
        how = f"`{typed}`, seed {chosen.seed}, Python {platform.python_version()}, {minutes:.0f} minutes:"
        page.PAGE.write_text(page.write(page.PAGE.read_text("utf-8"), tallies, how), "utf-8")
    return int(not all(tally.is_kept for tally in tallies))


def _try_all(place: Place, chosen: argparse.Namespace, kinds: Sequence[str], verbs: Sequence[Verb]) -> Iterator[Tally]:
    if "kills" in kinds:
        yield from kill_each(place, verbs, chosen.seed, chosen.others, chosen.moments)
    if "faults" in kinds:
        yield from fail_each_request(place, [verb for verb in verbs if verb.asks], chosen.fault or FAULTS)
    if "disk" in kinds:
        yield from fill_disk(place, verbs, chosen.steps)
    if "hostile" in kinds:
        yield from read_hostile(place)


if __name__ == "__main__":
    sys.exit(main())
