"""Holds every lock file against a service of advisories and against advisories.csv: `make audit`.

Ends with 1 if a package is vulnerable and not accepted, with 5 if the service said nothing of one, else with 0.
"""

import argparse
from pathlib import Path

from supply_chain import service
from supply_chain.advisories import Finding, explain_acceptance, match_table, read_rows
from supply_chain.lock_files import Package, lock_files, read_lock

LISTED = 12  # packages that a line names


def find(lock: str, packages: set[Package], answers: service.Answers) -> set[Finding]:
    """Each advisory once, whether the service, the table or both have it."""
    findings = set()
    for package in packages:
        seen: set[str] = set()
        for advisory in answers.get(package, []) + match_table(package):
            if not seen & advisory.ids:
                findings.add(Finding(package, advisory, explain_acceptance(lock, advisory)))
            seen |= advisory.ids
    return findings


def print_findings(findings: dict[str, set[Finding]]) -> None:
    for found in sorted(set[Finding]().union(*findings.values()), key=str):
        print(f"{', '.join(lock for lock in findings if found in findings[lock])}: {found}")


def print_table(locks: dict[str, set[Package]], answers: service.Answers, findings: dict[str, set[Finding]]) -> None:
    """A line per lock file, and one of all."""
    print(f"{'lock':10}{'packages':>10}{'audited':>9}{'not audited':>13}{'vulnerable':>12}{'accepted':>10}")
    rows = [(name, locks[name], findings[name]) for name in locks]
    rows.append(("all", set[Package]().union(*locks.values()), set[Finding]().union(*findings.values())))
    for name, packages, found in rows:
        audited, accepted = len(packages & answers.keys()), sum(bool(one.accepted) for one in found)
        unaudited, vulnerable = len(packages) - audited, len(found) - accepted
        print(f"{name:10}{len(packages):10}{audited:9}{unaudited:13}{vulnerable:12}{accepted:10}")


def print_gaps(packages: set[Package], missing: list[Package], trouble: str) -> None:
    """What nobody was asked about."""
    if missing:
        rows = read_rows("advisories.csv")
        covered = len({package.name for package in packages} & {row["package"] for row in rows})
        first = ", ".join(map(str, missing[:LISTED])) + ", ..." * (len(missing) > LISTED)
        print(f"not looked up: {len(missing)} of {len(packages)} packages ({trouble}): {first}")
        print(
            f"held against advisories.csv alone: {len({row['id'] for row in rows})} advisories about {covered} of them"
        )
    print("never looked up here: Python itself, and Debian's packages in the images, which make sbom lists")


def audit(paths: list[Path], name: str | None, pip_audit: list[str] | None = None) -> int:
    """The exit code. `name` is the service; None asks none, and packages that nobody was asked about are no failure then."""
    locks = {path.stem: read_lock(path) for path in paths}
    packages = set[Package]().union(*locks.values())
    answers, trouble = service.ask(packages, name, pip_audit) if name else ({}, "no service was asked")
    findings = {lock: find(lock, held, answers) for lock, held in locks.items()}
    missing = sorted(packages - answers.keys())
    print_findings(findings)
    print_table(locks, answers, findings)
    print_gaps(packages, missing, trouble)
    if any(not found.accepted for found in set[Finding]().union(*findings.values())):
        return 1
    return 5 if missing and name else 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--service", choices=("pypi", "osv"), default="pypi", help="whose advisories are asked for")
    parser.add_argument("--offline", action="store_true", help="ask none: advisories.csv alone")
    options = parser.parse_args()
    raise SystemExit(audit(lock_files(), None if options.offline else options.service))


if __name__ == "__main__":
    main()
