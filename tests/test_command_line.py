"""What the tests call the kit by, where it is called from several threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import command_line


def test_a_second_thread_is_refused_and_the_first_keeps_its_output(here, monkeypatch):
    refused = []

    def in_between(words):
        with ThreadPoolExecutor() as threads, pytest.raises(RuntimeError, match="one command line at a time") as error:
            threads.submit(here, "list").result()
        refused.append(error)
        print("said")
        raise SystemExit(0)

    monkeypatch.setattr("kit.cli.main.main", in_between)
    assert here("list").stdout == "said\n" and len(refused) == 1
    monkeypatch.undo()
    assert not command_line.ONE_AT_A_TIME.locked()
