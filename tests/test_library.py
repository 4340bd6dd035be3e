"""What a notebook calls: the names of kit/__init__.py, loaded when they are asked for."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import kit

HEAVY = ["keras", "tensorflow", "jax", "numpy", "scipy", "pandas", "click", "kaggle", "cv2"]
ROOT = Path(kit.__file__).parents[1]


def test_importing_the_kit_loads_nothing_heavy():
    code = f"import sys, kit; dir(kit); print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_name_is_listed_documented_and_typed():
    typed = {
        line.asname or line.name: (node.module, line.name)
        for node in ast.walk(ast.parse(Path(kit.__file__).read_text()))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("kit.")
        for line in node.names
    }
    assert set(kit.__all__) == set(typed) <= set(dir(kit))
    for name, (module, own) in typed.items():
        found = getattr(kit, name)
        assert found is getattr(importlib.import_module(module), own) and len(found.__doc__) > 60
    with pytest.raises(AttributeError, match="module 'kit' has no attribute 'trian'"):
        kit.trian  # noqa: B018


def block(page: str, word: str) -> str:
    """The Python of that page which holds the word."""
    found = [part.partition("```")[0] for part in (ROOT / "docs" / page).read_text().split("```python\n")[1:]]
    [code] = [code for code in found if word in code]
    return code


def test_from_an_archive_to_a_checked_submission_as_documented(home, plugins, archive, monkeypatch):
    """The block of docs/running.md, on a smaller competition."""
    load, fetch, settings = kit.load_competition, kit.fetch_archive, kit.resolve_settings
    monkeypatch.setitem(vars(kit), "load_competition", lambda slug: load("tiny-stripes", [plugins]))
    monkeypatch.setitem(vars(kit), "fetch_archive", lambda competition: fetch(competition, archive))
    monkeypatch.setitem(
        vars(kit),
        "resolve_settings",
        lambda of, variant, given, rest: settings(of, variant, given, ["epochs=1", "folds=1"]),
    )
    names: dict = {}
    exec(block("running.md", "kit.build_ensemble("), names)
    runs, final, checked = names["runs"], names["final"], names["checked"]
    assert [run.config.backbone for run in runs] == ["cnn", "resnet9"] and final.parents == tuple(
        run.id for run in runs
    )
    assert checked.run == final and checked.report.rows == 30 and checked.path == final.folder / "submission.csv"
    said = kit.load_predictions(final.test)
    assert kit.build_submission(names["digits"], said) == checked.data
