"""A short form of `make fuzz`, and what once failed."""

import pytest

from tests.fuzz.judge import fuzz, judge, list_corpus
from tests.fuzz.readers import READERS

INPUTS = 200


@pytest.mark.parametrize("reader", READERS)
def test_every_input_is_read_or_refused_in_one_line(reader):
    done = fuzz(reader, INPUTS, seed=0)
    assert done.fault is None, done.fault
    assert done.counts["read"] and done.counts["refused"]


@pytest.mark.parametrize(("reader", "given"), list_corpus(), ids=lambda value: getattr(value, "name", value))
def test_what_once_failed_is_read_or_refused(reader, given):
    assert judge(reader, given) in ("read", "refused")
