"""The image and its services on a real engine: `make test-container`. Needs a docker that this user may call, and root.

Not among the tests of `make test`: it takes minutes and an engine. BUILD="--network host" passes options to docker build.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import __version__
from tests.container.conftest import COMPOSE, IMAGE, ROOT, SECRET


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


def layers(image: str, folder: Path) -> Iterator[tuple[int, tarfile.TarFile]]:
    """(bytes, content) of every layer, out of docker save; the configuration is looked through here, too."""
    saved = folder / "image.tar"
    docker("save", "--output", str(saved), image)
    with tarfile.open(saved) as outer:
        (manifest,) = json.load(outer.extractfile("manifest.json"))
        assert SECRET not in outer.extractfile(manifest["Config"]).read().decode()
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=outer.extractfile(name)) as layer:
                yield outer.getmember(name).size, layer


def holding(image: str, needle: str, folder: Path) -> list[str]:
    """Files of any layer that hold these bytes."""
    return [
        entry.name
        for _, layer in layers(image, folder)
        for entry in layer
        if entry.isfile() and needle.encode() in layer.extractfile(entry).read()
    ]


def test_no_layer_holds_a_secret_or_data(built, tmp_path):
    files = []
    for size, layer in layers(IMAGE, tmp_path):
        entries = layer.getmembers()
        files += [Path(entry.name) for entry in entries if entry.isfile()]
        built.figures.append(f"layer: {size / 1e6:8.1f} MB, {len(entries)} entries, the last {entries[-1].name}")
    own = [path for path in files if path.is_relative_to("opt/kaggle-kit") and "kaggle_kit.egg-info" not in path.parts]
    assert {path.suffix or path.name for path in own} == {".py", ".pyc", ".md", ".toml", "LICENSE"}
    assert not [path for path in files if {"kaggle.json", ".git", ".env", "access_token"} & set(path.parts)]
    assert not [path for path in files if path.is_relative_to("work")]
    assert not holding(IMAGE, SECRET, tmp_path)
    built.figures.append(f"image: {int(docker('image', 'inspect', '-f', '{{.Size}}', IMAGE)) / 1e9:.2f} GB")


def test_the_search_of_layers_would_find_a_secret(built, tmp_path):
    naive = tmp_path / "naive"
    shutil.copytree(built.context, naive)
    (naive / ".dockerignore").unlink()
    (naive / "Dockerfile").write_text("FROM scratch\nCOPY . /all\n")
    docker("build", "--tag", "kaggle-kit:naive", str(naive))
    found = holding("kaggle-kit:naive", SECRET, tmp_path)
    docker("image", "rm", "kaggle-kit:naive")
    assert {"all/kaggle.json", "all/.git/config", "all/kit/kaggle/kaggle.json"} <= set(found)


def test_it_says_what_it_is(built):
    labels = json.loads(docker("image", "inspect", "--format", "{{json .Config.Labels}}", IMAGE))
    assert labels["org.opencontainers.image.version"] == __version__
    assert ":" in labels["org.opencontainers.image.base.name"]
    config = json.loads(docker("image", "inspect", "--format", "{{json .Config}}", IMAGE))
    assert config["User"] not in ("", "0", "root") and config["Healthcheck"]["Test"] == [
        "CMD",
        "kit",
        "doctor",
        "--quick",
    ]


def test_a_change_of_code_alone_is_built_in_seconds(built):
    with (built.context / "kit" / "__init__.py").open("a") as code:
        code.write("# changed\n")
    seconds = built.build()
    built.figures.append(f"build: {built.cold:.0f} s cold, {seconds:.1f} s after a change of code")
    assert "# changed" in docker("run", "--rm", "--entrypoint=cat", IMAGE, "/opt/kaggle-kit/kit/__init__.py")


def test_doctor_and_its_quick_form_as_health_check(box):
    assert "cpu:0" in box("doctor").stdout
    quick = box("doctor", "--quick").stdout
    assert "may not be written" not in quick and "cpu:0" not in quick  # Keras is not started for it
    no_gpu = box("doctor", "--gpu", check=False)
    assert no_gpu.returncode == 1 and "no GPU" in no_gpu.stderr


def test_the_demo_runs_and_how_long_it_takes_against_outside(box, built, tmp_path):
    environment = {**os.environ, "KIT_HOME": str(tmp_path / "outside"), "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "kit", "demo"], env=environment, capture_output=True, check=True, cwd=ROOT)
    outside = time.monotonic() - started
    shown = box("demo").stdout
    inside = time.monotonic() - started - outside
    built.figures.append(f"demo: {inside:.0f} s inside, {outside:.0f} s outside, ratio {inside / outside:.2f}")
    assert "local leaderboard" in shown


def test_stopped_in_mid_training_it_leaves_a_checkpoint_and_goes_on(box, built):
    box("run", "sklearn-digits", "--set", "epochs=1", "--folds", "1")  # prepares the data
    before = set((box.home / "runs").iterdir())
    words = ("train", "sklearn-digits", "--folds", "1", "--set", "epochs=40", "--set", "patience=0")
    name = box(*words, options=("--detach",)).stdout.strip()
    try:
        deadline = time.monotonic() + 120
        while not (states := [run for run in set((box.home / "runs").iterdir()) - before if _epoch(run) >= 2]):
            assert time.monotonic() < deadline, docker("logs", name)
            time.sleep(0.2)
        started = time.monotonic()
        docker("stop", "--time", "10", name)
        taken = time.monotonic() - started
        state = json.loads(docker("inspect", "--format", "{{json .State}}", name))
    finally:
        docker("rm", "--force", name)
    built.figures.append(f"docker stop in mid-training: {taken:.1f} s")
    (run,) = states
    epoch = _epoch(run)
    assert state["ExitCode"] == 143 and 2 <= epoch < 40  # 137: killed when the time was over
    resumed = box("train", "--resume", run.name)
    assert f"going on after epoch {epoch} of fold 0" in resumed.stderr and (run / "metrics.json").exists()

    again = box("predict", run.name, "--tta", "identity").stdout.splitlines()[-1]
    checked = json.loads(box("submit", "sklearn-digits", again, "--json").stdout)
    owner = (box.home / checked["path"].removeprefix("/work/")).stat().st_uid
    assert checked["rows"] > 0 and owner == 4321


def _epoch(run: Path) -> int:
    state = run / "fold-0" / "state.json"
    return json.loads(state.read_text())["epoch"] if state.exists() else 0


def test_compose_takes_the_file_and_starts_the_cpu_service(built):
    listed = subprocess.run(
        [*COMPOSE, "config", "--services"], cwd=built.context, capture_output=True, text=True, check=True
    )
    assert sorted(listed.stdout.split()) == ["kit", "kit-cpu", "kit-jax", "notebook"]
    done = _make(built, "doctor", "IN=docker", "SERVICE=kit-cpu", "KAGGLE_KEY_FILE=", "KAGGLE_TOKEN_FILE=")
    assert done.returncode == 0 and "kaggle token  none found" in done.stdout, done.stderr
    key = built.context / "kaggle.json"
    key.write_text('{"username": "somebody", "key": "' + SECRET + '"}')
    key.chmod(0o600)
    done = _make(built, "doctor", "IN=docker", "SERVICE=kit-cpu", f"KAGGLE_KEY_FILE={key}", "KAGGLE_TOKEN_FILE=")
    upload = (
        "import os, tempfile; os.makedirs(os.path.join(tempfile.gettempdir(), '.kaggle', 'uploads'))"  # as the client
    )
    command = [*COMPOSE, "run", "--rm", "--entrypoint", "python", "kit-cpu", "-c", upload]
    environment = {**os.environ, "KAGGLE_KEY_FILE": str(key), "KIT_UID": "1000", "KIT_GID": "1000"}
    subprocess.run(command, cwd=built.context, env=environment, check=True)
    assert "from /home/kit/.kaggle/kaggle.json" in done.stdout and "problem" not in done.stdout, done.stdout


def test_without_a_gpu_one_line_says_so_and_offers_the_cpu(built):
    if shutil.which("nvidia-smi"):
        pytest.skip("there is a GPU")
    done = _make(built, "train", "COMPETITION=dogs-vs-cats", "IN=docker")
    ours = [line for line in done.stderr.splitlines() if "***" not in line]
    assert done.returncode and len(ours) == 1 and "no NVIDIA GPU here" in ours[0] and "SERVICE=kit-cpu" in ours[0]
    done = _make(built, "gpu-check", "IN=docker", "SERVICE=kit-cpu")
    assert done.returncode and "kit: no GPU; received cpu:0" in done.stdout + done.stderr


def _make(built, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=built.context, capture_output=True, text=True)
