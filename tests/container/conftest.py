"""The image, built for real from a copy of this tree in which decoys lie, and a container with nothing it could misuse."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "kaggle-kit:cpu"
SECRET = "DECOY-7f3a9c-that-must-not-be-in-a-layer"
DECOYS = (  # what lies about in a working tree, also in the folders that the image takes code from
    "kaggle.json",
    ".kaggle/access_token",
    ".env",
    ".git/config",
    "data/tiny/archives/tiny.zip",
    "runs/one/oof.npz",
    "notebooks/mine.ipynb",
    "kit/kaggle/kaggle.json",
    "competitions/cifar-10/.env",
    "locks/token",
)
COMPOSE = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
# For this machine only, such as "--network host".
BUILD = os.environ.get("BUILD", "")


@dataclass
class Built:
    """Where the image was built from, how long that took, and what the tests add to what is printed in the end."""

    context: Path
    cold: float
    figures: list[str] = field(default_factory=list)

    def build(self, *words: str) -> float:
        """Seconds of `make image`."""
        started = time.monotonic()
        command = ["make", "image", "SERVICE=kit-cpu", f"ARGS={BUILD} {' '.join(words)}"]
        done = subprocess.run(command, cwd=self.context, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return time.monotonic() - started


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    context = tmp_path_factory.mktemp("context")
    files = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(["git", *files], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, context / name)
    for name in DECOYS:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).write_text(SECRET)
    image = Built(context, 0)
    image.cold = image.build("--no-cache")
    yield image
    subprocess.run([*COMPOSE, "down"], cwd=context, capture_output=True)
    print("\n\n" + "\n".join(image.figures))


@pytest.fixture
def box(built, tmp_path):
    """Runs the kit with the network cut, a read-only root, no capability and a uid that nobody has."""
    for name in ("data", "runs"):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, 4321, 4321)

    def run(*words: str, check: bool = True, options: tuple[str, ...] = ("--rm",)) -> subprocess.CompletedProcess[str]:
        command = [
            "docker",
            "run",
            *options,
            "--network=none",
            "--read-only",
            "--tmpfs=/tmp:mode=1777",
            "--cap-drop=ALL",
        ]
        command += ["--security-opt=no-new-privileges", "--user=4321:4321"]
        command += [f"--volume={tmp_path / name}:/work/{name}" for name in ("data", "runs")]
        done = subprocess.run([*command, IMAGE, *words], capture_output=True, text=True, timeout=900)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    run.home = tmp_path
    return run
