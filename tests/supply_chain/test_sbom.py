"""The list of what an image holds, by an engine that runs the question here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABELS = '{"org.opencontainers.image.version": "1.2", "base": "python@sha256:00"}'
ENGINE = f"""#!/bin/sh
if [ "$1" = image ]; then
  echo '{{"Id": "sha256:12ab", "Config": {{"Labels": {LABELS}}}}}'
else
  for script; do :; done
  exec {sys.executable} -c "$script"
fi
"""
DPKG = """#!/bin/sh
test "$1 $2" = "-W -f" && printf 'libc6 2.36-9+deb12u10 amd64\\nzlib1g 1:1.2.13.dfsg-1 amd64\\n'
"""


def sbom(*words: object, path: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "supply_chain.sbom", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def document(tmp_path):
    """The document, and what was printed about it; of Python's packages the lock file has numpy alone."""
    from importlib.metadata import version

    for name, text in (("docker", ENGINE), ("dpkg-query", DPKG)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    lock = tmp_path / "cpu.txt"
    lock.write_text(f"numpy=={version('numpy')} \\\n    --hash=sha256:00\n")
    output = tmp_path / "new" / "sbom.cdx.json"
    done = sbom("kaggle-kit:cpu", lock, output, path=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(output.read_text()), done.stdout


def test_it_lists_what_is_installed_and_says_what_the_lock_file_pins(document):
    listed, printed = document
    components = {one["purl"]: one for one in listed["components"]}
    assert len(components) == len(listed["components"])
    pinned = [url for url, one in components.items() if "properties" in one]
    assert len(pinned) == 1 and pinned[0].startswith("pkg:pypi/numpy@")
    assert {"pkg:pypi/h5py", "pkg:pypi/scikit-learn", "pkg:generic/python"} <= {url.split("@")[0] for url in components}
    assert "h5py" in printed and "numpy" not in printed


def test_packages_of_the_system_have_their_urls(document):
    urls = {one["name"]: one["purl"] for one in document[0]["components"]}
    assert urls["libc6"].startswith("pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-")
    assert "zlib1g@1:1.2.13.dfsg-1?" in urls["zlib1g"]


def test_it_is_a_document_about_the_image_and_the_same_each_time(document):
    listed, _ = document
    assert (listed["bomFormat"], listed["specVersion"], listed["version"]) == ("CycloneDX", "1.6", 1)
    assert listed["serialNumber"].startswith("urn:uuid:") and "timestamp" not in listed["metadata"]
    about = listed["metadata"]["component"]
    assert (about["name"], about["version"]) == ("kaggle-kit:cpu", "1.2")
    assert {"name": "base", "value": "python@sha256:00"} in about["properties"]


def test_without_an_image_one_line_says_so(tmp_path):
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    done = sbom("kaggle-kit:cpu", "locks/cpu.txt", tmp_path / "sbom.json", path=tmp_path)
    assert done.returncode and len(done.stderr.splitlines()) == 1 and "make image comes first" in done.stderr
    assert not (tmp_path / "sbom.json").exists()
