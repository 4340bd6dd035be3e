"""Asks a service about packages, by way of pip-audit.

pip-audit ends with 0 and "No known vulnerabilities found" where its service does not know a package, even where it knows none
(2.10.1, _service/pypi.py: 404 is a SkippedDependency), and with a traceback where no connection can be made; an answer without
"vulnerabilities", as of a mirror, it takes for none. So its JSON is counted package by package, after that of a vulnerable one.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from supply_chain.advisories import Advisory
from supply_chain.lock_files import Package, normalize

Answers = dict[Package, list[Advisory]]
PROBE = Package("keras", "3.8.0")  # vulnerable: CVE-2025-1550
OPTIONS = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json")


def ask(packages: Iterable[Package], service: str, pip_audit: list[str] | None = None) -> tuple[Answers, str]:
    """(what is known of each package that the service knew, why it knew nothing of some).

    A service that has no advisory for PROBE is away, or a mirror without advisories, and is asked nothing more. `pip_audit` is
    a command in place of that of this environment.
    """
    command = [*(pip_audit or [sys.executable, "-m", "pip_audit"]), f"--vulnerability-service={service}"]
    probed, trouble = _ask_batch([PROBE], command)
    if not probed.get(PROBE):
        return {}, f"the service has no advisory for {PROBE}, which is vulnerable" if probed else trouble
    answers: Answers = {}
    for batch in _divide(packages):
        known, trouble = _ask_batch(batch, command)
        answers |= known
        if not known:
            return answers, trouble
    return answers, "unknown to the service"


def _divide(packages: Iterable[Package]) -> Iterator[list[Package]]:
    """pip-audit takes one version of each package; others make a further batch."""
    rest = sorted(packages)
    while rest:
        batch = list({package.name: package for package in rest}.values())
        yield batch
        rest = [package for package in rest if package not in batch]


def _ask_batch(batch: list[Package], command: list[str]) -> tuple[Answers, str]:
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("".join(f"{package.name}=={package.version}\n" for package in batch))
        options = [*OPTIONS, f"--requirement={requirements}"]
        done = subprocess.run([*command, *options], capture_output=True, text=True)  # noqa: S603
    try:
        entries = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return {}, (done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"])[-1]
    known = {Package(normalize(entry["name"]), entry["version"]): entry for entry in entries if "vulns" in entry}
    skipped = [entry["skip_reason"] for entry in entries if "skip_reason" in entry]
    asked = {package: [_advisory(found) for found in known[package]["vulns"]] for package in batch if package in known}
    return asked, (skipped or ["pip-audit said nothing of it"])[0]


def _advisory(found: dict[str, Any]) -> Advisory:
    """Of an entry of pip-audit: id, aliases, fix_versions, description."""
    fixes = ", ".join(found["fix_versions"])
    ids = frozenset({found["id"], *found["aliases"]})
    return Advisory(ids, f"fixed in {fixes}" if fixes else "no version fixes it")
