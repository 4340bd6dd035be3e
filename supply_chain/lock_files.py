"""The packages that the files in locks/ pin."""

import re
from pathlib import Path
from typing import NamedTuple

LOCKS = Path(__file__).resolve().parents[1] / "locks"
_PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)", re.M)


class Package(NamedTuple):
    """A version of a package; the name as PyPI normalizes it (PEP 503)."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lock_files() -> list[Path]:
    """All of them; floors.txt holds bounds, and pins nothing that is installed."""
    return sorted(path for path in LOCKS.glob("*.txt") if path.name != "floors.txt")


def read_lock(path: Path) -> set[Package]:
    """Of a package that depends on the version of Python, every version."""
    return {Package(normalize(name), version) for name, version in _PINNED.findall(path.read_text())}
