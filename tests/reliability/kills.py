"""A verb is killed, and typed again: then the tree is that of one that was not disturbed."""

import random
from collections.abc import Iterator, Sequence

from tests.reliability import tree
from tests.reliability.child import KILLED, RENAMES, Ended, Kill
from tests.reliability.place import Place
from tests.reliability.tally import Tally, judge_end
from tests.reliability.verbs import Verb

PROMISE = "a verb that is killed and repeated ends like one that was not disturbed"
NAMES = [name for _, name in RENAMES]


def kill_each(place: Place, verbs: Sequence[Verb], seed: int, others: int, moments: int) -> Iterator[Tally]:
    """A tally for each verb: killed before each rename and answer and after the last, before `others` of the other changes of
    the disk, and at `moments` moments.
    """
    for verb in verbs:
        share = 2 if verb.trains else 1  # of what takes seconds, half as many
        yield _kill(place, verb, random.Random(f"{seed} {verb.name}"), others // share, moments // share)


def _kill(place: Place, verb: Verb, draw: random.Random, others: int, moments: int) -> Tally:
    tally, seen = Tally(PROMISE, verb.name), place.secrets
    place.restore(verb.state)
    straight = place.run(verb.words(place))
    undisturbed = place.read_tree()
    tally.count("undisturbed", judge_end(straight))
    for kill in _choose_events(straight, draw, others):
        _attempt(place, verb, tally, undisturbed, f"{'after' if kill.after else 'before'} {kill.event}", kill)
    for _ in range(moments):
        seconds = draw.uniform(0, straight.seconds)
        _attempt(place, verb, tally, undisturbed, f"after {seconds:.3f} s", kill_after_s=seconds)
    tally.secrets = place.secrets - seen
    return tally


def _choose_events(straight: Ended, draw: random.Random, others: int) -> list[Kill]:
    renames = [number for number, name in enumerate(straight.events) if name in NAMES]
    rest = [number for number, name in enumerate(straight.events) if name not in NAMES]
    chosen = [*renames, *draw.sample(rest, min(others, len(rest)))]
    return [*map(Kill, sorted(chosen)), *(Kill(number, after=True) for number in renames[-1:])]


def _attempt(
    place: Place,
    verb: Verb,
    tally: Tally,
    undisturbed: dict[str, bytes],
    where: str,
    kill: Kill | None = None,
    kill_after_s: float | None = None,
) -> None:
    place.restore(verb.state)
    words = verb.words(place)
    first = place.run(words, kill, kill_after_s)
    faults = [] if first.code == KILLED or kill_after_s is not None else [f"not killed: {first.code}"]
    again = verb.again(place, words)
    if again:
        codes = verb.done if first.code == KILLED else (*verb.done, 2, 3)  # what was whole may be said to be so
        faults.append(judge_end(place.run(again), codes))
    difference = tree.compare(place.read_tree(), undisturbed)
    tally.count(where, *faults, tally.lose(difference), tally.count_submissions(place))
