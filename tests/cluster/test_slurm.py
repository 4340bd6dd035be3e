"""docker/slurm.sh against an sbatch that runs the job here and now."""

import json
import os
import shlex
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import command_line

ROOT = Path(__file__).resolve().parents[2]

# What it needs of the real one: it runs a copy of the script, with the words behind it; --array starts a task per index, all at
# once; --dependency=afterok waits for their success.
SBATCH = """#!/bin/bash
printf '%s\\n' "$*" >> "$JOBS/calls"
while [[ $1 == -* ]]; do
  case $1 in --array=0-*) last=${1##*-} ;; --dependency=*) waits=$1 ;; esac
  shift
done
number=$(wc -l < "$JOBS/calls")
cp "$1" "$JOBS/script$number"
if [[ -n ${waits:-} && -e $JOBS/failed ]]; then echo DependencyNeverSatisfied >> "$JOBS/calls"; echo "$number"; exit; fi
for index in $(seq 0 "${last:-0}"); do
  (SLURM_ARRAY_TASK_ID=$index "$JOBS/script$number" "${@:2}" >> "$JOBS/$number-$index.log" 2>&1 || touch "$JOBS/failed") &
done
wait
echo "$number;cluster"
"""

# The kit on a node whose jobs run one after another: a process that has Keras loaded already is asked to run the command line.
NODE = """
import json, socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as node:
    node.sendall(json.dumps(sys.argv[2:]).encode() + b"\\n")
    code, out, err = json.loads(node.makefile("rb").read())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


class _Node(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        done = command_line.here(json.loads(self.rfile.readline()), check=False)
        self.wfile.write(json.dumps([done.returncode, done.stdout, done.stderr]).encode())


@pytest.fixture
def node(tmp_path, plugins):
    """How slurm.sh has to call the kit so that it runs within this process."""
    (tmp_path / "node.py").write_text(NODE)
    with socketserver.TCPServer(("127.0.0.1", 0), _Node) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"{sys.executable} {tmp_path / 'node.py'} {server.server_address[1]} --competitions {plugins}"
        server.shutdown()


@pytest.fixture
def slurm(tmp_path, plugins, home):
    """Runs docker/slurm.sh; returns (CompletedProcess, what sbatch was called with, the logs of the jobs)."""
    jobs, programs = tmp_path / "jobs", tmp_path / "bin"
    jobs.mkdir()
    programs.mkdir()
    (programs / "sbatch").write_text(SBATCH)
    (programs / "sbatch").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "JOBS": str(jobs),
        "KIT": f"{sys.executable} -m kit --competitions {plugins}",
        "PYTHONPATH": str(ROOT),
    }

    def run(*words: str, **more: str):
        command = [str(ROOT / "docker" / "slurm.sh"), *words]
        done = subprocess.run(command, capture_output=True, text=True, env={**environment, **more}, timeout=900)
        calls = (jobs / "calls").read_text().splitlines() if (jobs / "calls").exists() else []
        return done, calls, "\n".join(file.read_text() for file in sorted(jobs.glob("*.log")))

    return run


def test_folds_as_an_array_then_joined_blended_and_checked(slurm, node, prepared, home):
    runs = ("--folds 2 --name one", "--folds 2 --name two --set epochs=1")
    done, calls, logs = slurm("tiny-stripes", *runs, KIT=node)
    assert done.returncode == 0, done.stderr + logs
    assert [call.split()[2] for call in calls[:2]] == ["--array=0-1"] * 2 and "--dependency=afterok:1:2" in calls[2]
    kinds = {folder.name.split("-")[2]: folder for folder in (home / "runs").iterdir()}
    assert sorted(kinds) == ["ensemble", "one", "two"]
    assert all(json.loads((kinds[name] / "metrics.json").read_text())["rows"] == 60 for name in kinds), logs
    assert (kinds["ensemble"] / "submission.csv").read_text().startswith("Id,Label\n1,")


def test_a_member_that_fails_stops_what_depends_on_it(slurm, here, prepared, home):
    here("train", "tiny-stripes", "--folds", "1", "--create")
    run = next((home / "runs").iterdir())
    (run / "fold-0").mkdir()
    (run / "fold-0" / "state.json").write_text("{")
    _, calls, logs = slurm("tiny-stripes", RUNS=run.name)
    assert calls[0].split()[2] == "--array=0-0" and calls[-1] == "DependencyNeverSatisfied"
    assert "is damaged" in logs and not (run / "metrics.json").exists()


# The kit in so far as the script asks it, with what it was called with: a line per call, a word per item.
STUB = """#!{python}
import json, os, sys
words = sys.argv[1:]
with open(os.environ["JOBS"] + "/asked", "a") as asked:
    asked.write(json.dumps(words) + "\\n")
if "--create" in words:
    run = os.path.join(os.environ["KIT_HOME"], "runs", words[-1])
    os.makedirs(run)
    with open(os.path.join(run, "config.json"), "w") as config:
        config.write('{{\\n "folds": 1\\n}}')
print("a line\\n" + (words[-1] if "--create" in words else "of two"))
"""
ODD = 'it\'s $(touch "$JOBS/ran"); touch $JOBS/ran #* '


def test_no_shell_reads_names_again(slurm, tmp_path):
    home = tmp_path / ODD
    program = tmp_path / "a kit's" / "kit"
    for folder in (home, program.parent):
        folder.mkdir(parents=True)
    program.write_text(STUB.format(python=sys.executable))
    program.chmod(0o755)
    runs = [f"--name {shlex.quote(ODD + name)}" for name in ("1", "2")]
    call = shlex.join([str(program), "--competitions", ODD])
    done, _, logs = slurm(ODD, *runs, KIT=call, KIT_HOME=str(home))
    assert (done.returncode, done.stderr) == (0, ""), logs
    asked = [json.loads(line) for line in (tmp_path / "jobs" / "asked").read_text().splitlines()]
    assert all(words[:2] == ["--competitions", ODD] for words in asked)
    one, two = ODD + "1", ODD + "2"
    assert [words[2:] for words in asked] == [
        ["train", ODD, "--create", "--name", one],
        ["train", ODD, "--create", "--name", two],
        ["train", "--resume", one, "--fold", "0"],
        ["train", "--resume", two, "--fold", "0"],
        ["train", "--resume", one],
        ["train", "--resume", two],
        ["ensemble", ODD, one, two],
        ["submit", ODD, "of two"],
    ]
    assert not (tmp_path / "jobs" / "ran").exists()


def test_a_quote_that_is_not_closed_is_refused(slurm):
    done, calls, _ = slurm("tiny-stripes", KIT="kit 'run")
    assert done.returncode == 2 and "not to be split into words; received kit 'run" in done.stderr and not calls


def test_without_a_competition_it_says_how_it_is_called(slurm):
    done, calls, _ = slurm()
    assert done.returncode == 2 and done.stderr.startswith("usage: ") and not calls
