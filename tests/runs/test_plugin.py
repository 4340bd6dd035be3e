"""The competition's folder goes with each run: compared between runs, and held against what is there when one goes on."""

import json

import pytest

from kit import runs
from kit.config import Config
from kit.errors import DataError
from kit.plugins import load_folder
from kit.runs import provenance


def _create(folder, name):
    return runs.create("tiny-stripes", "train", Config(), {}, name=name, fingerprints={}, competition=folder)


@pytest.fixture
def changed(prepared, plugins):
    """Two runs, the second begun after the augmentation was changed and a file came; and the folder."""
    folder = plugins / "tiny-stripes"
    first = _create(folder, "first")
    file = folder / "competition.py"
    file.write_text(file.read_text().replace("translate_px=(-1, 1)", "translate_px=(-2, 2)"))
    (folder / "table.bin").write_bytes(b"\xff\xfe")
    return first, _create(folder, "second"), folder


def test_compare_shows_which_lines_of_which_files_differ(changed, cli):
    first, second, _ = changed
    found = json.loads(cli("runs", "compare", first.id, second.id, "--json").stdout)
    assert [row["what"] for row in found["environment"]] == ["plugin_sha256"]
    assert [(row["run"], row["file"]) for row in found["plugin"]] == [
        (second.id, "competition.py"),
        (second.id, "table.bin"),
    ]
    assert "+    return A.Compose([A.Affine(translate_px=(-2, 2), p=1.0)])" in found["plugin"][0]["diff"]
    text = cli("runs", "compare", first.id, second.id).stdout
    assert (
        "competition.py of B is not that of A" in text and "translate_px=(-1, 1)" in text and "table.bin of B" in text
    )


def test_a_run_goes_on_with_the_folder_it_began_with(changed):
    first, second, folder = changed
    provenance.check_plugin(second, folder)
    with pytest.raises(DataError, match="has changed since .*; received another competition.py, table.bin") as caught:
        provenance.check_plugin(first, folder)
    assert f"kit --competitions {first.plugin.parent} train --resume {first.id} goes on" in str(caught.value)
    kept = load_folder(first.plugin)
    provenance.check_plugin(first, kept.folder)
    assert kept.slug == "tiny-stripes"


def test_a_run_of_an_older_kit_or_of_a_teammate_does_not_know(changed, make_run):
    _, second, folder = changed
    provenance.check_plugin(make_run("older"), folder)
    for file in sorted(second.plugin.rglob("*")):
        file.unlink()
    second.plugin.rmdir()
    (folder / "table.bin").unlink()
    with pytest.raises(DataError, match="has changed since"):
        provenance.check_plugin(second, folder)
