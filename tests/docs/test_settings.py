"""The tables in docs/recipes.md are those of the code."""

import importlib.util

import pytest

from tests.docs.pages import ROOT


@pytest.mark.parametrize(
    ("name", "line"), [("write_settings", "| `learning_rate` |"), ("write_targets", "| ensemble by stacking | ✓ |")]
)
def test_the_tables_are_those_of_the_code(name, line):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text()
    assert line in page
    assert page == script.written(page), f"after a change of the code: .venv/bin/python docs/{name}.py"
