"""The upload as another program calls it; `kit submit --send` is tested in tests/cli/test_submit.py."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from kit.errors import ConfigError
from kit.paths import data
from kit.submission import check, records, upload

ROWS = b"id,label\n7,1\n007,2\n"


@pytest.fixture
def checked(home, labels, tmp_path):
    """A file that passes, against a sample of its own ids."""
    data("zoo").raw.mkdir(parents=True)
    (data("zoo").raw / "sample.csv").write_bytes(ROWS)
    (tmp_path / "mine.csv").write_bytes(ROWS)
    return check.build_or_read_checked(
        replace(labels, archives=replace(labels.archives, sample="sample.csv")), str(tmp_path / "mine.csv")
    )


@pytest.fixture
def kaggle(monkeypatch):
    import kit.kaggle

    scored = SimpleNamespace(status="complete", public_score="0.5", private_score="", error="")
    fake = SimpleNamespace(
        send=lambda slug, path, message, check: 7,
        wait=lambda slug, ref, *, timeout_s, poll_s: scored,
        list_all=lambda slug: [],
    )
    monkeypatch.setattr(kit.kaggle, "submissions", fake, raising=False)


def test_it_returns_the_record_that_is_on_disk_with_the_score_if_it_waited(labels, checked, kaggle):
    sent = upload.send(labels, checked, "first")
    assert sent.ref == 7 and sent.public_score is None and records.list_records("zoo") == [sent]
    scored = upload.send(labels, checked, again=True, wait_s=1.0)
    assert scored.public_score == "0.5" and records.list_records("zoo") == [sent, scored]


def test_what_is_not_on_kaggle_is_not_sent(labels, checked, kaggle):
    with pytest.raises(ConfigError, match="zoo is not on Kaggle: it is scored here"):
        upload.send(replace(labels, build=lambda archive, solution: None), checked)
    assert records.list_records("zoo") == []
