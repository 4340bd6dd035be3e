"""`make setup` says in one line what it cannot be done with."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_another_system_is_told_where_the_kit_runs_there(tmp_path):
    for name in ("Makefile", "pyproject.toml", "locks/cpu.txt", "docker/bases.env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    uname = tmp_path / "uname"
    uname.write_text("#!/bin/sh\necho Darwin\n")
    uname.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["make", "setup", "PYTHON=false"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode and "for Linux; got Darwin; use WSL or IN=docker" in done.stderr
    heading = done.stderr.partition("docs/running.md, ")[2].partition(")")[0]
    assert f"\n## {heading}\n" in (ROOT / "docs" / "running.md").read_text()
