import subprocess

import pytest


def _proposed(kit, *words):
    asked = {"_KIT_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(("kit", *words)), "COMP_CWORD": str(len(words))}
    return [line.partition(",")[2] for line in kit(**asked).stdout.splitlines() if line]


def test_verbs_competitions_and_runs_are_proposed(kit, home, plugins):
    run = home / "runs" / "tiny-stripes-first-1128-195000"
    run.mkdir(parents=True)
    (run / "run.json").touch()
    assert _proposed(kit, "aug") == ["augment-preview"]
    assert _proposed(kit, "train", "dig") == ["digit-recognizer"]
    assert _proposed(kit, "--competitions", str(plugins), "train", "tiny") == ["tiny-stripes"]
    assert _proposed(kit, "--competitions", "nowhere", "train", "dig") == []
    assert _proposed(kit, "report", "tiny") == [run.name] == _proposed(kit, "ensemble", run.name, "tiny")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(here, shell):
    done = here("completion", shell)
    assert f"_KIT_COMPLETE={shell}_complete" in done.stdout
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=True)
