"""Kaggle fails at one request of a verb, each in turn and in each way; then the verb is typed again, until it is done."""

import itertools
from collections.abc import Iterator, Sequence

from tests.reliability import tree
from tests.reliability.faulty_server import FAULTS
from tests.reliability.place import Place
from tests.reliability.tally import Tally, judge_end
from tests.reliability.verbs import Verb

PROMISE = "a fault of Kaggle or the network is waited out or told in one line, and the verb repeated"
SOFT = (0, 3, 4, 5)  # a fault is waited out, or told in one line


def fail_each_request(place: Place, verbs: Sequence[Verb], faults: Sequence[str] = FAULTS) -> Iterator[Tally]:
    """A tally for each verb that asks Kaggle."""
    for verb in verbs:
        tally, seen = Tally(PROMISE, verb.name), place.secrets
        place.restore(verb.state)
        place.run(verb.words(place))
        undisturbed, requests = place.read_tree(), place.kaggle.__dict__.get("count", -1) + 1
        for request, fault in itertools.product(range(requests), faults):
            _attempt(place, verb, tally, undisturbed, request, fault)
        tally.secrets = place.secrets - seen
        yield tally


def _attempt(place: Place, verb: Verb, tally: Tally, undisturbed: dict[str, bytes], request: int, fault: str) -> None:
    place.restore(verb.state)
    place.kaggle.__dict__["fault_at"] = request, fault
    words = verb.words(place)
    first = place.run(words)
    missed = "" if place.kaggle.__dict__.get("count", -1) >= request else "the request was not made"
    told = judge_end(first, SOFT)
    repeated = judge_end(place.run(words), verb.done) if first.code else ""
    difference = tree.compare(place.read_tree(), undisturbed)
    tally.count(
        f"{fault} at request {request}", missed, told, repeated, tally.lose(difference), tally.count_submissions(place)
    )
