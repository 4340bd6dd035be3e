"""Who makes a run, as teammates see it beside the run and its score."""

import getpass
import os
import subprocess
from collections.abc import Callable
from functools import cache

MAX_LENGTH = 60


@cache
def find_author() -> tuple[str, str]:
    """(name, where it is from): $KIT_AUTHOR, $KAGGLE_USERNAME, user.name of git, or the login name. ("", "") without any."""
    for source, ask in SOURCES.items():
        name = "".join(letter for letter in ask() if letter.isprintable()).strip()[:MAX_LENGTH]
        if name:
            return name, source
    return "", ""


def _ask_git() -> str:
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=10)  # noqa: S607
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _ask_system() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's own user has no name
        return ""


SOURCES: dict[str, Callable[[], str]] = {
    "KIT_AUTHOR": lambda: os.environ.get("KIT_AUTHOR", ""),
    "KAGGLE_USERNAME": lambda: os.environ.get("KAGGLE_USERNAME", ""),
    "git user.name": _ask_git,
    "login name": _ask_system,
}
