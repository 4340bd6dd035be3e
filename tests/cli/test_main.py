"""What the command line does with any verb: errors are one line with the exit code of their family."""

import os
import signal
from pathlib import Path

import pytest

from tests import command_line


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("prepare", "digit-recogniser"), 3, "did you mean 'digit-recognizer'?"),
        (("train", "../../etc"), 3, "not a competition's slug"),
        (("report", "nothing"), 3, "no run 'nothing'"),
        (("train", "--resume", "nothing"), 3, "no run 'nothing'"),
        (("train", "tiny-stripes"), 3, "not prepared"),
        (("prepare", "tiny-stripes"), 3, "download tiny-stripes"),
        (("train",), 2, "which competition?"),
        (("train", "tiny-stripes", "--resume", "x", "--seed", "1"), 2, "--resume takes no other setting"),
        (("trian",), 2, "No such command"),
    ],
)
def test_an_error_is_one_line_with_the_code_of_its_family(here, home, words, code, message):
    done = here(*words, check=False)
    assert done.returncode == code and message in done.stderr and "Traceback" not in done.stderr
    assert not (home / "runs").exists()


def test_debug_shows_where_it_came_from(kit):
    done = kit("--debug", "report", "nothing", check=False)
    assert "Traceback" in done.stderr and "no run 'nothing'" in done.stderr


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_a_signal_that_arrives_where_python_ignores_exceptions_is_not_lost(kit, plugins, archive, number, code, word):
    kit("download", "tiny-stripes", "--from", str(archive))
    file = plugins / "tiny-stripes" / "competition.py"
    deaf = f"""
import os, time


class Deaf:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
        time.sleep(0.01)


def read(raw: Path, part: str) -> Split:
    Deaf()
    time.sleep(20)
"""
    file.write_text(file.read_text().replace("\n\ndef augment", deaf + "\n\ndef augment"))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # is inherited: jobs in the background have no Ctrl-C
    done = kit("prepare", "tiny-stripes", check=False)
    assert done.returncode == code and done.stderr.splitlines()[-1] == f"kit: {word}"
    assert "Traceback" not in done.stderr and "ignored" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_line(here, home, archive):
    home.chmod(0o500)
    done = here("download", "tiny-stripes", "--from", str(archive), check=False)
    assert done.returncode == 3 and "Permission denied" in done.stderr and "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_one_line(here, tmp_path, archive):
    (tmp_path / "file").write_text("")
    done = here("download", "tiny-stripes", "--from", str(archive), check=False, KIT_HOME=str(tmp_path / "file"))
    assert done.returncode == 3 and "Not a directory" in done.stderr and "Traceback" not in done.stderr
    assert Path(tmp_path / "file").is_file()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("train", "tiny-stripes", "--epochs", "2"), "It is a setting: --set epochs=VALUE"),
        (("train", "tiny-stripes", "--label-smoothing=0"), "It is a setting: --set label_smoothing=VALUE"),
        (
            ("prepare", "tiny-stripes", "--competitions", "mine"),
            "It comes before the verb: kit --competitions DIR VERB",
        ),
        (("prepare", "tiny-stripes", "--debug"), "It comes before the verb: kit --debug VERB"),
    ],
)
def test_an_option_in_the_wrong_place_says_where_it_belongs(here, words, hint):
    done = here(*words, check=False)
    assert done.returncode == 2 and hint in done.stderr
    assert "It is a setting" not in here("prepare", "tiny-stripes", "--epochs", "2", check=False).stderr


def test_competitions_lie_where_the_environment_says(home, plugins, tmp_path):
    (tmp_path / "more").mkdir()
    told = command_line.here(["list"], KIT_COMPETITIONS=f"{tmp_path / 'more'}:{plugins}")
    assert "\ntiny-stripes " in told.stdout and "(or: kit download SLUG)" in told.stderr
