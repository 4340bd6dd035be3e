"""A damaged run is named and left out; every verb that goes over the runs takes the others."""

import pytest

from kit import paths, runs
from kit.errors import DataError
from kit.files import write_text
from kit.json_files import read_json, write_json


@pytest.mark.parametrize("name", ["run.json", "metrics.json", "oof.npz", "test.npz"])
def test_verbs_that_go_over_all_runs_do_without_a_damaged_one(here, make_run, name):
    broken, good, other = make_run("broken", seed=3), make_run("good", seed=1), make_run("other", seed=2)
    write_text(broken.folder / name, '{"parents": 5}')
    for words in (
        ("runs", "tiny-stripes", "--sort", "score"),
        ("next", "tiny-stripes", "--offline"),
        ("report", "tiny-stripes"),
        ("runs", "compare", good.id, other.id),
        ("runs", "sync"),
        ("submissions", "tiny-stripes", "--offline"),
        ("runs", "delete", other.id),
    ):
        done = here(*words, check=False)
        assert done.returncode == 0 and "Traceback" not in done.stderr, (words, done.stderr)
        if words[0] == "next":
            assert good.id in done.stdout and other.id in done.stdout and "left out: " in done.stderr
    assert good.id in [run.id for run in runs.list_runs()]
    assert (paths.runs() / broken.id / name).read_text() == '{"parents": 5}'


def test_images_are_joined_by_a_name_or_a_share(make_run):
    run = make_run("a")
    for method in ("mean", "max", 0.3):
        write_json(run.metrics, read_json(run.metrics) | {"images_joined_by": method})
        assert runs.find(run.id) == run
    for method in ("median", 1.3, None):
        write_json(run.metrics, read_json(run.metrics) | {"images_joined_by": method})
        with pytest.raises(
            DataError, match="images_joined_by; received .*; expected mean or max, or a number from 0 to 1"
        ):
            runs.find(run.id)
