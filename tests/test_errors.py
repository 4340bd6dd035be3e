"""An error is one line that a terminal can show, whatever was received."""

import pytest

from kit.config import parse
from kit.errors import ConfigError, DataError


def test_what_was_received_is_cut_where_it_is_very_long():
    line = str(DataError("it is damaged", received="[" * 50_000, expected="a\nlist", do="make it again"))
    assert line.startswith("it is damaged; received [[[[") and line.endswith("...; expected a list; make it again")
    assert len(line) < 1100


def test_a_setting_of_many_digits_is_refused_in_a_short_line():
    with pytest.raises(ConfigError, match="setting epochs has the wrong type; received '999.*such as 12") as error:
        parse(f"epochs={'9' * 5000}")
    assert len(str(error.value)) < 1200
