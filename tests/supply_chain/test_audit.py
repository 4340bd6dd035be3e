"""The audit of lock files, against a pip-audit that answers as the real one does (2.10.1)."""

import sys

import pytest
from packaging.specifiers import SpecifierSet

from supply_chain.advisories import match_table, read_rows
from supply_chain.audit import audit
from supply_chain.lock_files import Package, lock_files, read_lock

LOCK = """keras==3.15.1 ; python_full_version < '3.14' \\
    --hash=sha256:00
    # via kaggle-kit
Two_Names[extra]==1.0 \\
    --hash=sha256:00
numpy==2.0.2 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version >= '3.12' \\
    --hash=sha256:00
"""
# Its argument is "away" (each package is unknown, exit code 0), "mute" (no package has an advisory), "cut" (a traceback), or
# what is known of packages.
PIP_AUDIT = """
import json, sys
state = json.loads(sys.argv[1])
with open(sys.argv[-1].removeprefix("--requirement=")) as file:
    asked = [line.strip().split("==") for line in file]
assert len(dict(asked)) == len(asked), "a package in two versions"
if state == "cut":
    raise ConnectionError("no such host")
known = {} if state in ("away", "mute") else state
if asked == [["keras", "3.8.0"]] and state != "mute":
    known = {"keras": [{"id": "CVE-2025-1550", "aliases": [], "fix_versions": ["3.9.0"], "description": ""}]}
entries = [
    {"name": name, "skip_reason": f"not found: {name}"}
    if state == "away" or known.get(name) == "unknown"
    else {"name": name, "version": version, "vulns": known.get(name, [])}
    for name, version in asked
]
print(json.dumps({"dependencies": entries, "fixes": []}))
print("No known vulnerabilities found", file=sys.stderr)
sys.exit(any(entry.get("vulns") for entry in entries))
"""


@pytest.fixture
def audited(tmp_path, capsys):
    """Audits a lock file where pip-audit answers so; returns (exit code, lines)."""
    (tmp_path / "pip_audit.py").write_text(PIP_AUDIT)

    def run(state: str, text: str = LOCK, name: str = "cpu") -> tuple[int, list[str]]:
        path = tmp_path / f"{name}.txt"
        path.write_text(text)
        code = audit([path], "pypi", [sys.executable, str(tmp_path / "pip_audit.py"), state])
        return code, capsys.readouterr().out.splitlines()

    return run


def counts(lines: list[str]) -> list[int]:
    """Packages, audited, not audited, vulnerable, accepted."""
    return [int(word) for word in next(line for line in lines if line.startswith("all ")).split()[1:]]


def test_what_is_counted_is_each_package_in_each_of_its_versions(audited):
    code, lines = audited("{}")
    assert code == 0 and counts(lines) == [4, 4, 0, 0, 1]


@pytest.mark.parametrize(
    "state, told",
    [
        ('"away"', "not found: keras"),
        ('"cut"', "ConnectionError: no such host"),
        ('"mute"', "the service has no advisory for keras 3.8.0, which is vulnerable"),
    ],
)
def test_a_service_that_is_away_is_a_failure_though_pip_audit_ends_with_0(audited, state, told):
    code, lines = audited(state)
    assert code == 5 and counts(lines) == [4, 0, 4, 0, 1]
    assert f"not looked up: 4 of 4 packages ({told}): keras 3.15.1, numpy 2.0.2" in "\n".join(lines)


def test_a_package_that_the_service_does_not_know_is_a_failure_and_named(audited):
    code, lines = audited('{"two-names": "unknown"}')
    assert code == 5 and counts(lines)[1:3] == [3, 1]
    assert "not looked up: 1 of 4 packages (unknown to the service): two-names 1.0" in lines


def test_a_vulnerability_is_a_failure_and_says_what_fixes_it(audited):
    found = '{"two-names": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"], "description": ""}]}'
    code, lines = audited(found)
    assert code == 1 and counts(lines)[3] == 1
    assert "cpu: two-names 1.0: CVE-1, PYSEC-1: fixed in 1.1" in lines


def test_an_accepted_one_is_counted_once_under_any_of_its_names(audited):
    found = '{"keras": [{"id": "PYSEC-2", "aliases": ["CVE-2024-55459"], "fix_versions": [], "description": ""}]}'
    code, lines = audited(found)
    assert code == 0 and counts(lines)[3:] == [0, 1]


def test_without_a_service_the_table_still_finds_what_it_knows(audited):
    code, lines = audited('"away"', LOCK.replace("3.15.1", "3.12.1"))
    assert code == 1
    assert any(line.startswith("cpu: keras 3.12.1: CVE-2026-9335, ") and "fixed in 3.12.3" in line for line in lines)
    assert audited('"away"', LOCK.replace("3.15.1", "3.12.1"), name="kaggle")[0] == 5  # accepted there


def test_the_lock_files_of_the_kit_hold_against_the_table(capsys):
    assert audit(lock_files(), None) == 0, capsys.readouterr().out
    assert "no service was asked" in capsys.readouterr().out


def test_every_line_of_a_lock_file_is_read():
    for path in lock_files():
        assert len(read_lock(path)) == sum(line[0] not in " #\n" for line in path.read_text().splitlines(True)), path


def test_the_table_is_sound():
    for row in read_rows("advisories.csv"):
        package = Package(row["package"], row["fixed"])
        assert row["id"].startswith(("CVE-", "GHSA-")) and row["what"]
        assert not row["fixed"] or row["id"] not in {name for found in match_table(package) for name in found.ids}
        SpecifierSet(row["affected"])
    locks = {path.stem for path in lock_files()} | {"all"}
    for row in read_rows("accepted.csv"):
        assert row["lock"] in locks and row["why"]
