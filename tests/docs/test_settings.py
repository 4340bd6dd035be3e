"""The tables of settings in docs/recipes.md are those of the code."""

import importlib.util

from tests.docs.pages import ROOT


def test_the_tables_of_settings_are_those_of_the_code():
    spec = importlib.util.spec_from_file_location("write_settings", ROOT / "docs" / "write_settings.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text()
    assert "| `learning_rate` |" in page
    assert page == script.written(page), "after a change of settings: .venv/bin/python docs/write_settings.py"
