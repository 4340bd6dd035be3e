"""Several processes write records at once: none is lost, and who reads meanwhile meets no half of one."""

import os

from kit import paths
from kit.kaggle.submissions import KaggleSubmission
from kit.submission import kaggle_list, records

SLUG, WRITERS, EACH = "tiny-stripes", 4, 15


def write(writer: int) -> None:
    for number in range(EACH):
        ref = 100 * writer + number + 1
        record = records.Record(SLUG, "0" * 64, None, "a.csv", "", ref, records.now())
        path = records.write(paths.submissions(SLUG), record)
        assert path.exists()
        kaggle_list.keep(SLUG, [KaggleSubmission(ref, "complete", "0.5", "", "")])
        kaggle_list.keep(SLUG, [KaggleSubmission(1, "pending", "", "", "")])  # an older answer, which came late


def test_writers_at_once_lose_nothing(home, capsys):
    children = []
    for writer in range(WRITERS):
        if not (child := os.fork()):
            try:
                write(writer)
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    seen = 0
    while children:
        count = len(records.list_records(SLUG))  # raises for half a record
        assert count >= seen, "a record was there, and is not"
        seen = count
        done, status = os.waitpid(-1, os.WNOHANG)
        if done:
            assert status == 0
            children.remove(done)
    refs = {100 * writer + number + 1 for writer in range(WRITERS) for number in range(EACH)}
    assert {record.ref for record in records.list_records(SLUG)} == refs
    assert set(kaggle_list.rows(SLUG)) == refs and kaggle_list.rows(SLUG)[1].status == "complete"
    assert "left out" not in capsys.readouterr().err
