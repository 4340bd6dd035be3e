"""What the files of the containers say, read as text; that the built ones keep it is shown by `make test-container`."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILES = sorted((ROOT / "docker").glob("*Dockerfile"))
COMPOSED = (ROOT / "docker-compose.yml", ROOT / "docker" / "tracking.yml")
SERVICES = {
    name: service for path in COMPOSED for name, service in yaml.safe_load(path.read_text())["services"].items()
}
SECRET_NAME = re.compile(r"pass|secret|token|key(?!words)", re.I)
BUILT_IN = re.compile(r"\$\{\w*(?:PASSWORD|SECRET|TOKEN)(?!_FILE)\w*:?-[^}]")


def bases() -> dict[str, str]:
    """The images of docker/bases.env, without their digests."""
    lines = (ROOT / "docker" / "bases.env").read_text().splitlines()
    return {name: image.partition("@")[0] for name, image in (line.split("=") for line in lines if line[0] != "#")}


def instructions(dockerfile: Path, *names: str) -> list[str]:
    text = re.sub(r"\\\n", " ", dockerfile.read_text())
    return [line for line in text.splitlines() if line.startswith(names)]


def final_stage(dockerfile: Path) -> str:
    return re.split(r"^FROM ", dockerfile.read_text(), flags=re.M)[-1]


@pytest.mark.parametrize("path", [*DOCKERFILES, *COMPOSED, ROOT / "docker" / "kit.def"], ids=lambda path: path.name)
def test_base_images_are_those_of_one_file(path):
    text = path.read_text()
    named = re.findall(r"(?:python|postgres):[\w.-]+", text)
    assert set(named) <= set(bases().values())
    assert not re.search(r"^FROM (?!\$BASE)", text, re.M)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_tells_its_base_and_a_base_without_digest_is_told_of(path):
    told, *_ = instructions(path, "RUN case $BASE")
    for base, said in (("python:3.11", True), (f"python:3.11@sha256:{'0' * 64}", False)):
        done = subprocess.run(["sh", "-c", f"BASE={base}; {told.removeprefix('RUN ')}"], capture_output=True, text=True)
        assert done.returncode == 0 and ("is not pinned" in done.stderr) == said
    assert "org.opencontainers.image.base.name=$BASE" in final_stage(path)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_no_secret_by_argument_or_environment_and_hashes_for_all_that_is_installed(path):
    for line in instructions(path, "ARG", "ENV"):
        assert not SECRET_NAME.search(line)
    installs = re.findall(r"pip install ([^&\n]*)", path.read_text())
    assert installs and all("--require-hashes" in words or "--no-index" in words for words in installs)
    assert "PIP_ARGS" not in final_stage(path), "an index's address may hold a password, and docker history shows it"


SIFT = re.compile(r"find (\S+) (-type f .* -delete)")


@pytest.mark.parametrize("name", ["Dockerfile", "kit.def"])
def test_what_lies_beside_the_code_does_not_get_into_the_image(name, tmp_path):
    ((where, sifted),) = SIFT.findall((ROOT / "docker" / name).read_text())
    kept = ("LICENSE", "pyproject.toml", "kit/cli/main.py", "competitions/cifar-10/README.md")
    for path in (*kept, "kit/kaggle/kaggle.json", "competitions/cifar-10/.env", "locks/token", "kit/LICENSE"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    subprocess.run(["sh", "-c", f"find . {sifted.replace(where, '.')}"], cwd=tmp_path, check=True)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


def test_none_is_root_and_each_tells_its_health():
    for path in DOCKERFILES:
        assert re.search(r"^USER (?!0|root)\w", final_stage(path), re.M) and "\nHEALTHCHECK " in final_stage(path)


def test_services_can_do_no_more_than_they_need():
    for name, service in SERVICES.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged") and "docker.sock" not in str(service), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if name != "tracking-database":  # which has to become the owner of its volume
            assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["init"], name
    for name in ("kit", "kit-jax", "kit-cpu", "notebook"):
        assert {"mem_limit", "pids_limit"} <= set(SERVICES[name]), name


def test_no_password_is_built_in_and_keys_come_as_files():
    for path in COMPOSED:
        assert not BUILT_IN.search(path.read_text())
    for name, service in SERVICES.items():
        given = service.get("environment", {})
        for variable in given if isinstance(given, dict) else []:
            assert not SECRET_NAME.search(variable) or "TRACKING_PASSWORD:?" in given[variable], name
    assert BUILT_IN.search("${TRACKING_PASSWORD:-mlflow}")


@pytest.fixture
def compose():
    """Reads the compose files; needs no engine."""
    for command in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            break
    else:
        pytest.skip("no docker compose here")

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nowhere", **environment}
        return subprocess.run([*command, *words], cwd=ROOT, env=path, capture_output=True, text=True)

    return run


TRACKING = ("-f", "docker-compose.yml", "-f", "docker/tracking.yml", "config")


def test_compose_refuses_the_tracking_server_without_a_password_and_nothing_else(compose):
    assert compose("config").returncode == 0
    refused = compose(*TRACKING)
    assert refused.returncode and "do: export TRACKING_PASSWORD=" in refused.stderr
    given = compose(*TRACKING, TRACKING_PASSWORD="of-this-test")
    assert given.returncode == 0 and given.stdout.count("of-this-test") == 2


def test_make_tracking_says_which_line_to_type():
    done = subprocess.run(["make", "tracking"], cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert done.returncode and "do: export TRACKING_PASSWORD=$(openssl rand -hex 24)" in done.stderr


def test_the_builder_sees_what_is_listed_and_no_more():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines == ["*", "!locks", "!kit", "!competitions", "!pyproject.toml", "!README.md", "!LICENSE"]
