"""Sides to compare that cannot share a process: each is a process that answers a line of stdin with a number."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any


class Served:
    """A process that `serve` runs in."""

    def __init__(self, command: list[str], **options: Any) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)

    def ask(self, word: str) -> float:
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def serve(answer: Callable[[str], float]) -> None:
    for line in sys.stdin:
        print(answer(line.strip()), flush=True)
