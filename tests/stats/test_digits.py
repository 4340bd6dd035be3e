"""No digit that is not known."""

import pytest

from kit.stats.digits import write_size, write_with_error
from kit.submission import message


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.988588, 0.012, "0.98859 ±0.012"),
        (0.9, 0.01, "0.9 ±0.010"),
        (0.8732, None, "0.8732"),
        (12345.7, 123.4, "12345.7 ±123"),
        (2 / 3, 0.0000123, "0.66667 ±0.000012"),
        (1e-07, float("nan"), "0.00000 ±nan"),
        (None, None, ""),
    ],
)
def test_a_score_has_the_digits_that_it_was_given_with(value, error, text):
    assert write_with_error(value, error) == text


def test_what_a_message_rounds_is_shown_as_rounded():
    told = message.parse("tiny-a-0101-101010 CV 0.9 +- 0.012 1a2b3c4d5e6f")
    assert write_with_error(told.cv, told.error) == "0.9 ±0.012"


def test_small_files_are_not_said_to_be_nothing():
    assert [write_size(size) for size in (0, 3000, 99_999, 100_000, 12_345_678)] == [
        "0.0 kB",
        "3.0 kB",
        "100.0 kB",
        "0.1 MB",
        "12.3 MB",
    ]
