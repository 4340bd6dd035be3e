"""Findings: packages that an advisory names, and which of them are accepted.

advisories.csv holds what a service would say of packages that open files of strangers, for machines that reach none. `record`
is the entry of GitHub's advisory database in which the range was read; without one it is not verified, and a finding says so.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from supply_chain.lock_files import Package

HERE = Path(__file__).resolve().parent


class Advisory(NamedTuple):
    """`ids` are its names; `what` is a line about it."""

    ids: frozenset[str]
    what: str


class Finding(NamedTuple):
    """A package that an advisory names, and why accepted.csv accepts it, or nothing."""

    package: Package
    advisory: Advisory
    accepted: str

    def __str__(self) -> str:
        end = f"; accepted: {self.accepted}" if self.accepted else ""
        return f"{self.package}: {', '.join(sorted(self.advisory.ids))}: {self.advisory.what}{end}"


def read_rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="") as table:
        return list(csv.DictReader(table))


def match_table(package: Package) -> list[Advisory]:
    """The advisories of advisories.csv that this version falls under."""
    return [
        Advisory(frozenset({row["id"], row["record"]} - {""}), _describe(row))
        for row in read_rows("advisories.csv")
        if row["package"] == package.name and SpecifierSet(row["affected"], prereleases=True).contains(package.version)
    ]


def _describe(row: dict[str, str]) -> str:
    fixed = f"fixed in {row['fixed']}" if row["fixed"] else "no version fixes it"
    return f"{row['what']}; {fixed}" + ("" if row["record"] else "; the range is not verified")


def explain_acceptance(lock: str, advisory: Advisory) -> str:
    """Why accepted.csv accepts it in this lock file; nothing where it does not."""
    for row in read_rows("accepted.csv"):
        if row["lock"] in (lock, "all") and row["id"] in advisory.ids | {"all"}:
            return row["why"]
    return ""
