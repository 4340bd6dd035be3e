"""The command line in a forked process, which has the kit and Keras imported already, and may be killed on the way."""

import contextlib
import http.client
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KILLED = -signal.SIGKILL
RENAMES = ((os, "replace"), (os, "rename"), (http.client.HTTPConnection, "getresponse"))  # an answer counts as one
OTHERS = ((os, "fsync"), (os, "mkdir"), (os, "unlink"), (os, "rmdir"))

WAIT_S = 0.05


@dataclass(frozen=True)
class Kill:
    """When a process ends itself by SIGKILL: right before the event of this number, from 0, or right after it."""

    event: int
    after: bool = False


@dataclass(frozen=True)
class Ended:
    """code: as subprocess has it. events: names of the calls at which it could have been killed, in turn. grown: bytes
    of memory that it had at its peak beyond those of this process, which it begins with."""

    code: int
    said: str
    events: tuple[str, ...] = ()
    seconds: float = 0.0
    grown: int = 0


def run(
    words: Sequence[str],
    scratch: Path,
    environment: Mapping[str, str],
    kill: Kill | None = None,
    kill_after_s: float | None = None,
) -> Ended:
    """Runs `kit WORDS`. scratch: a folder for what it prints. kill_after_s: ends it by SIGKILL that long after its start."""
    printed, listed = scratch / "printed", scratch / "events"
    started, begun = time.perf_counter(), _count_memory()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking beside the thread of the server
        pid = os.fork()
    if pid == 0:
        _be_child(words, environment, kill, printed, listed)
    if kill_after_s is not None:
        _wait_or_kill(pid, started + kill_after_s)
    _, status, used = os.wait4(pid, 0)
    code, grown = os.waitstatus_to_exitcode(status), (used.ru_maxrss << 10) - begun
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # workers that have not noticed yet
    events = tuple(listed.read_text().split()) if listed.exists() else ()
    return Ended(code, printed.read_text(errors="replace"), events, time.perf_counter() - started, grown)


def _count_memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _wait_or_kill(pid: int, end: float) -> None:
    while time.perf_counter() < end:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)


def _be_child(
    words: Sequence[str], environment: Mapping[str, str], kill: Kill | None, printed: Path, listed: Path
) -> None:
    code = 1
    try:
        os.setsid()
        handle = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.environ.update(environment)
        _hasten()
        events = _watch(kill)
        code = _main(words)
        listed.write_text(" ".join(events))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _hasten() -> None:
    """Waits between two tries last a moment at most."""
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, WAIT_S))


def _main(words: Sequence[str]) -> int:
    from kit.cli.main import main

    try:
        main(words)
    except SystemExit as ended:
        return int(ended.code or 0)


def _watch(kill: Kill | None) -> list[str]:
    """Replaces what changes the disk by itself after a look at the number of the event. Returns the list of events."""
    events: list[str] = []
    for owner, name in (*RENAMES, *OTHERS):
        setattr(owner, name, _watched(getattr(owner, name), name, events, kill))
    return events


def _watched(original: Callable[..., object], name: str, events: list[str], kill: Kill | None) -> Callable[..., object]:
    def instead(*arguments: object, **options: object) -> object:
        number = len(events)
        events.append(name)
        if kill == Kill(number):
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **options)
        if kill == Kill(number, after=True):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return instead
