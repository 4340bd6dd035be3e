"""docker/pin.sh against an engine that says what a registry would."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "pin.sh"
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "a1" * 32
BASES = f"# Why.\nBASE=python:3.11-slim\nPOSTGRES=registry.test:5000/postgres:17@{OLD}\n"
# An image that has been tagged for elsewhere, too, has several digests.
ENGINE = f"""#!/bin/sh
for image; do :; done
case "$1 $image" in
  "pull $AWAY") echo "no such host" >&2; exit 1 ;;
  pull*) ;;
  *"$LOCAL") ;;
  *) printf 'elsewhere.test/copy@{OLD}\\n%s@{NEW}\\n' "${{image%:*}}" ;;
esac
"""


@pytest.fixture
def pin(tmp_path):
    """Runs the script on BASES; returns (CompletedProcess, bases.env afterwards)."""
    folder = tmp_path / "docker"
    folder.mkdir()
    shutil.copy(SCRIPT, folder)
    (folder / "bases.env").write_text(BASES)
    engine = tmp_path / "docker-engine" / "docker"
    engine.parent.mkdir()
    engine.write_text(ENGINE)
    engine.chmod(0o755)

    def run(**trouble: str):
        path = f"{engine.parent}:{os.environ['PATH']}"
        environment = {"AWAY": "none", "LOCAL": "none", **trouble, "PATH": path}
        done = subprocess.run([folder / "pin.sh"], env=environment, capture_output=True, text=True)
        assert sorted(file.name for file in folder.iterdir()) == ["bases.env", "pin.sh"]
        return done, (folder / "bases.env").read_text()

    return run


def test_digests_of_the_registry_are_written_behind_the_tags(pin):
    done, bases = pin()
    assert done.returncode == 0, done.stderr
    assert bases == f"# Why.\nBASE=python:3.11-slim@{NEW}\nPOSTGRES=registry.test:5000/postgres:17@{NEW}\n"


@pytest.mark.parametrize("trouble", ["AWAY", "LOCAL"])
def test_without_a_registry_no_digest_is_made_up_for_any(pin, trouble):
    done, bases = pin(**{trouble: "registry.test:5000/postgres:17"})
    assert done.returncode == 5 and "registry.test:5000/postgres:17" in done.stderr.splitlines()[-1]
    assert "stays as it was" in done.stderr and bases == BASES


@pytest.mark.parametrize(
    "base, given",
    [
        ("python:3.11-slim", "python:3.11-slim"),
        (f"python:3.11-slim@{NEW}", f"python@{NEW}"),
        (f"registry.test:5000/python:3.11@{NEW}", f"registry.test:5000/python@{NEW}"),
    ],
)
def test_apptainer_which_refuses_a_tag_beside_a_digest_gets_the_digest(tmp_path, base, given):
    (tmp_path / "apptainer").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "apptainer").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["make", "--silent", "sif", f"BASE={base}"]
    done = subprocess.run(command, cwd=SCRIPT.parents[1], env=environment, capture_output=True, text=True)
    assert f"BASE={given}" in done.stdout.splitlines(), done.stderr
