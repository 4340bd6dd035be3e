"""Ctrl-C and SIGTERM (docker stop, SLURM) unwind as exceptions, so that files are left whole. Where one is swallowed it comes
again: Python ignores exceptions in destructors, and Keras (pythonify_logs) any exception while it waits for a batch.
"""

import os
import signal
import sys
import threading
from typing import Any, NoReturn

_came: int | None = None  # the number of a signal whose exception was raised


class Terminated(SystemExit):
    """SIGTERM: ends with exit code 143."""


def watch() -> None:
    """For the main thread of a command. A process that was started without Ctrl-C, as in a shell's background, stays so."""
    signal.signal(signal.SIGTERM, _handle_signal)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _handle_signal)
    sys.unraisablehook = _handle_unraisable


def leave(code: int) -> NoReturn:
    """Ends the process, after a signal at once: TensorFlow may still be at a batch, whose threads crash when Python ends before
    them, with another exit code. Everything has unwound by then.
    """
    if _came is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def raise_pending() -> None:
    """Raises again what a signal raised, if one came: whoever gets here after it has swallowed it. For loops of libraries."""
    if _came is not None:
        _handle_signal(_came)


def _handle_signal(number: int, frame: Any = None) -> None:
    global _came
    _came = number
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated(128 + number)


def _handle_unraisable(what: "sys.UnraisableHookArgs") -> None:
    """In place of Python's note that it ignores an exception: that of a signal is raised a moment later, by another."""
    if isinstance(what.exc_value, KeyboardInterrupt | Terminated) and _came is not None:
        again = threading.Timer(0.1, os.kill, (os.getpid(), _came))
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(what)
