"""Writes what an image holds as CycloneDX 1.6 JSON: `make sbom`.

What is listed is what is installed: distributions of the environment and of the Python below it, packages of Debian, and Python
itself, each with its package URL (purl). What no lock file pins is named: its bytes were held against no hash of ours.
"""

import argparse
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from supply_chain.lock_files import Package, normalize, read_lock

PINNED_BY = "kaggle-kit:lock"
SAFE = ".-_~"  # in a purl
# Runs in the image.
LOOK = """
import importlib.metadata, json, platform, subprocess, sys, sysconfig
path = [*sys.path, sysconfig.get_path("purelib", vars={"base": sys.base_prefix})]
found = {(one.metadata["Name"], one.version) for one in importlib.metadata.distributions(path=path)}
listed = ["dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}\\n"]
shown = subprocess.run(listed, stdout=subprocess.PIPE, text=True, check=True)
release = platform.freedesktop_os_release()
print(json.dumps({
    "python": platform.python_version(),
    "system": [release["ID"], release["VERSION_ID"]],
    "distributions": sorted(found),
    "debian": [line.split() for line in shown.stdout.splitlines()],
}))
"""
Json = dict[str, Any]


def call(command: list[str]) -> Json:
    """What a command prints as JSON; raises CalledProcessError."""
    printed: Json = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)  # noqa: S603
    return printed


def purl(kind: str, name: str, version: str, **qualifiers: str) -> str:
    """A package URL, pkg:TYPE/NAME@VERSION?QUALIFIERS; the name may have a namespace before it."""
    end = "&".join(f"{key}={quote(value, safe=SAFE)}" for key, value in sorted(qualifiers.items()))
    return f"pkg:{kind}/{quote(name, safe='/' + SAFE)}@{quote(version, safe=':' + SAFE)}" + (f"?{end}" if end else "")


def component(kind: str, name: str, version: str, url: str, **more: object) -> Json:
    return {"type": kind, "bom-ref": url, "name": name, "version": version, "purl": url, **more}


def list_components(found: Json, lock: Path) -> list[Json]:
    """`found` is what LOOK prints. A distribution that the lock file pins bears its name in a property."""
    pinned, python, (system, release) = read_lock(lock), found["python"], found["system"]
    components = [component("platform", "python", python, purl("generic", "python", python))]
    for name, version in found["distributions"]:
        package = Package(normalize(name), version)
        more = {"properties": [{"name": PINNED_BY, "value": lock.name}]} if package in pinned else {}
        components.append(component("library", name, version, purl("pypi", *package), **more))
    for name, version, machine in found["debian"]:
        url = purl("deb", f"{system}/{name}", version, arch=machine, distro=f"{system}-{release}")
        components.append(component("library", name, version, url))
    return components


def describe(image: str, lock: Path) -> Json:
    """The document. An image always gives the same: its serial number is made from the image's id, and it bears no time."""
    inspected = call(["docker", "image", "inspect", "--format={{json .}}", image])
    found = call(["docker", "run", "--rm", "--network=none", "--entrypoint=python", image, "-c", LOOK])
    labels = inspected["Config"]["Labels"] or {}
    about = {
        "type": "container",
        "bom-ref": inspected["Id"],
        "name": image,
        "version": labels.get("org.opencontainers.image.version", "unknown"),
        "properties": [{"name": name, "value": value} for name, value in sorted(labels.items())],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, inspected["Id"]).urn,
        "version": 1,
        "metadata": {"component": about},
        "components": list_components(found, lock),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="make sbom", description=__doc__)
    parser.add_argument("image")
    parser.add_argument("lock", type=Path, help="the lock file that the image was built by")
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    try:
        document = describe(options.image, options.lock)
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit(f"make sbom: no engine here runs an image {options.image}; make image comes first") from None
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(document, indent=1) + "\n")
    python = [one for one in document["components"] if one["purl"].startswith("pkg:pypi/")]
    foreign = [f"{one['name']} {one['version']}" for one in python if "properties" not in one]
    print(f"{options.output}: {len(document['components'])} components, {len(python)} of Python")
    print(f"not of {options.lock}: {', '.join(foreign) or 'none of them'}")


if __name__ == "__main__":
    main()
