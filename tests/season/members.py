"""A member of the team: a home, a clone of the competition's folder and a key of their own, and the real command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.command_line import Done
from tests.kaggle_server import SECRET
from tests.season import world

NOT_TAKEN_OVER = ("KAGGLE_", "KIT_")  # of the environment of who starts the season


@dataclass(frozen=True, eq=False)
class Member:
    """proxy: where the loopback Kaggle listens. spoken: every command with its outcome, of all members, in order."""

    name: str
    home: Path
    proxy: str
    spoken: list[tuple[str, Done]]

    def run(self, *words: str) -> Done:
        """A command, awaited; whatever it ends with."""
        return self.finish(self.start(*words))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command that others run beside."""
        command = [sys.executable, "-m", "kit", *words]
        return subprocess.Popen(
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self, process: subprocess.Popen[str]) -> Done:
        out, err = process.communicate(timeout=600)
        words = list(process.args)[3:]
        done = Done(words, process.returncode, out, err)
        self.spoken.append((self.name, done))
        return done

    def succeed(self, *words: str) -> str:
        """What a command prints. Raises AssertionError where it fails."""
        done = self.run(*words)
        if done.returncode:
            raise AssertionError(f"{self.name}: kit {' '.join(done.args)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def read(self, *words: str) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.succeed(*words, "--json"))

    def take(self, *words: str) -> str:
        """The last word that a command prints: the id of the run that it made."""
        return self.succeed(*words).split()[-1]

    @property
    def plugin(self) -> Path:
        return self.home / "competitions" / world.SLUG / "competition.py"

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_TAKEN_OVER)}
        kept = {name: value for name, value in kept.items() if name.lower() not in ("no_proxy", "https_proxy")}
        own = {"KIT_HOME": str(self.home), "HOME": str(self.home), "KAGGLE_USERNAME": self.name, "KAGGLE_KEY": SECRET}
        own["KIT_COMPETITIONS"] = str(self.home / "competitions")
        loopback = {"http_proxy": self.proxy, "HTTP_PROXY": self.proxy, "KAGGLE_API_ENVIRONMENT": "LOCALHOST"}
        return {**kept, **own, **loopback}


def join(name: str, root: Path, proxy: str, spoken: list[tuple[str, Done]]) -> Member:
    home = root / name
    home.mkdir()
    world.write_plugin(home / "competitions")
    return Member(name, home, proxy, spoken)
