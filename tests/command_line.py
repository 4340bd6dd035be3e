"""The real command line, within this process or in one of its own; what it printed and its exit code."""

import contextlib
import io
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from unittest import mock

Done = subprocess.CompletedProcess[str]
ONE_AT_A_TIME = threading.Lock()


def here(words: Sequence[str], check: bool = True, **environment: str) -> Done:
    """Raises RuntimeError while another is running: the standard streams and the environment that it replaces are those of all
    threads, so that the output of one would end in the other, and nowhere once both are over.
    """
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise RuntimeError("one command line at a time within a process; start processes for several at once: kit(...)")
    try:
        return _run_here(words, check, environment)
    finally:
        ONE_AT_A_TIME.release()


def _run_here(words: Sequence[str], check: bool, environment: dict[str, str]) -> Done:
    from kit import signals
    from kit.cli.main import main

    out, err = _stream(), _stream()
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(signals, "watch"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except Exception:
            traceback.print_exc()
            code = 1
    return _checked(Done(list(words), code, _text(out), _text(err)), check)


def in_process(words: Sequence[str], check: bool = True, **environment: str) -> Done:
    command = [sys.executable, "-m", "kit", *words]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300)
    return _checked(done, check)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    return stream.buffer.getvalue().decode()


def _checked(done: Done, check: bool) -> Done:
    if check and done.returncode:
        raise AssertionError(f"kit {done.args} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done
