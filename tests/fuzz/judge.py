"""Every input ends in success or in one line of a KitError, within bounds of time and memory; anything else is a fault."""

import contextlib
import io
import resource
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis

from kit.errors import KitError
from tests.fuzz.mutations import Input
from tests.fuzz.readers import READERS

SECONDS = 5.0  # that an input may take
MESSAGE = 4100  # characters of a line
CORPUS = Path(__file__).parent / "corpus"
MEMORY = Path("/dev/shm")  # where scratch folders lie, if there is one: nothing of them is to be kept


@dataclass
class Outcome:
    """Of one reader. fault: the smallest input that failed, and how; grown: bytes of memory beyond the peak of before."""

    reader: str
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    grown: int = 0
    fault: tuple[Input, str] | None = None


def judge(reader: str, given: Input) -> str:
    """ "read" or "refused". Raises what the reader should not have raised, and AssertionError beyond a bound."""
    started = time.perf_counter()
    scratch = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
    with scratch as folder, contextlib.redirect_stderr(io.StringIO()):
        try:
            READERS[reader].read(given, Path(folder))
            ended = "read"
        except KitError as error:
            ended, line = "refused", str(error)
            assert len(line.splitlines()) == 1 and len(line) <= MESSAGE, (
                f"a message of {len(line)} characters: {line[:200]!r}"
            )
    assert time.perf_counter() - started < SECONDS, f"{time.perf_counter() - started:.1f} s"
    return ended


def fuzz(reader: str, inputs: int, seed: int) -> Outcome:
    """Draws so many inputs, the same ones for the same seed, and ends at the first that fails, which hypothesis makes small."""
    outcome, before = Outcome(reader), _peak()
    phases = (hypothesis.Phase.generate, hypothesis.Phase.shrink)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
    )
    @hypothesis.given(READERS[reader].inputs)
    def try_input(given: Input) -> None:
        started = time.perf_counter()
        try:
            outcome.counts[judge(reader, given)] += 1
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            outcome.fault = given, f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
            raise
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)

    with contextlib.suppress(Exception):
        try_input()
    outcome.grown = _peak() - before
    return outcome


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def list_corpus() -> list[tuple[str, Input]]:
    """(reader, input) of what once failed: corpus/<reader>/<number>-<name of the input>."""
    files = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
    return [
        (path.parent.name.replace("-", " "), Input(path.name.partition("-")[2], path.read_bytes())) for path in files
    ]


def keep(outcome: Outcome) -> Path:
    """Adds the input that failed to the corpus."""
    assert outcome.fault
    given = outcome.fault[0]
    folder = CORPUS / outcome.reader.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{len(list(folder.iterdir())) + 1:02}-{given.name}"
    path.write_bytes(given.data)
    return path
