"""What a message tells is what was written into it; older and foreign ones are read as far as they go."""

import json

import pytest

from kit.submission.message import ParsedMessage, parse, write

RUN, SHA = "dogs-vs-cats-f256-mobilenet_v2_1.00-1121-120245", "0123456789abcdef" * 4


@pytest.fixture
def metrics(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({"score": 0.0274512345, "error": 0.0028367}))
    return path


@pytest.mark.parametrize("words", ["", "first try", "CV 0.9 was a lie", "with\nlines 0123456789ab", "±"])
def test_a_run_and_its_cv_come_back(metrics, words):
    text = write(words, RUN, SHA, metrics)
    assert text.endswith(f"{RUN} CV 0.0274512 +- 0.0028 {SHA[:12]}")
    assert parse(text) == ParsedMessage(words, RUN, 0.0274512, 0.0028, SHA[:12])


def test_small_and_negative_scores_come_back(metrics):
    for score, error in ((-0.25, 1e-7), (1.25e-7, 0.0), (12345.678, 10.0)):
        metrics.write_text(json.dumps({"score": score, "error": error}))
        said = parse(write("", RUN, SHA, metrics))
        assert said.cv == pytest.approx(score, rel=1e-5) and said.error == pytest.approx(error, rel=0.05)


def test_a_bare_file_has_neither_run_nor_cv(tmp_path):
    text = write("blend", "mine.csv", SHA)
    assert text == "blend mine.csv 0123456789ab" and parse(text) == ParsedMessage("blend", sha256=SHA[:12])
    assert parse(write("", RUN, SHA, tmp_path / "none.json")) == ParsedMessage("", RUN, sha256=SHA[:12])


@pytest.mark.parametrize("text", ["", "by hand", "0123456789ab", f"{RUN} CV 0.9", "x 0123456789AB"])
def test_what_is_not_ours_is_only_words(text):
    assert parse(text) == ParsedMessage(text)


def test_messages_from_before_the_cv_was_written():
    assert parse(f"first try {RUN}-2 0123456789ab") == ParsedMessage("first try", f"{RUN}-2", sha256=SHA[:12])
    assert parse("somebody/tiny version 3 0123456789ab") == ParsedMessage("somebody/tiny version", sha256=SHA[:12])
