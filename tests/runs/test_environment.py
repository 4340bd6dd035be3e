"""What a run records of the code that it was made with."""

import shutil
import subprocess
import sys
from pathlib import Path

import kit

SAY = "from kit.config import Config; from kit.runs import environment; print(environment.describe(Config(), {})['git_commit'])"


def commit_of(where: Path) -> str:
    return subprocess.run([sys.executable, "-c", SAY], cwd=where, capture_output=True, text=True, check=True).stdout


def git(where: Path, *words: str) -> None:
    named = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *named, *words], cwd=where, check=True, capture_output=True)


def test_the_commit_is_that_of_the_kit_and_of_no_other_checkout_around_it(tmp_path):
    """A kit that is installed within somebody's project is not at that project's commit."""
    package = Path(kit.__file__).parent
    shutil.copytree(package, tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "of the project")
    assert commit_of(tmp_path) == "None\n"
    git(tmp_path, "add", "kit")
    git(tmp_path, "commit", "-q", "-m", "of the kit")
    assert len(commit_of(tmp_path)) == 41
