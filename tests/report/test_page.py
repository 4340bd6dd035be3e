"""`kit report RUN`, as a browser shows it."""

import json
import re

import pytest

from kit.errors import ConfigError, DataError
from kit.files import write_text
from kit.json_files import read_json, write_json
from kit.report import page, subject
from kit.report.sections import review
from tests.chromium import browser
from tests.report.conftest import NASTY

QUICK = [
    "summary",
    "curves",
    "confusions",
    "classes",
    "calibration",
    "mistakes",
    "augmentation",
    "views",
    "shift",
    "settings",
]


def _sections(text: str) -> list[str]:
    return re.findall(r'<section id="(\w+)"', text)


def test_a_quick_report_needs_no_keras_and_no_network(kit, make_run):
    run = make_run(0.8)
    told = kit("report", run.id, "--quick", "--json", KERAS_BACKEND="none-such")  # whoever imports keras fails
    text = (run.folder / "report.html").read_text()
    assert json.loads(told.stdout) == {"run": run.id, "report": str(run.folder / "report.html")}
    assert f"submit tiny-stripes {run.id}" in told.stderr
    assert _sections(text) == QUICK
    assert "http:" not in text and "https:" not in text and "<script" not in text  # what a setting says is text


def test_a_report_is_readable_on_a_phone_and_asks_for_nothing(prepared, make_run, tmp_path):
    run = make_run(0.8)
    path = page.write(run, prepared, quick=True)
    with browser(tmp_path / "profile") as chromium:
        chromium.open(path, width=1280)
        chromium.complaints(), chromium.requests()  # those of the browser's own first page
        colours = []
        for width, dark in ((1280, False), (390, False), (390, True)):
            chromium.open(path, width=width, dark=dark)
            assert chromium.requests() == [path.resolve().as_uri()] and chromium.complaints() == []
            assert chromium.run("return document.documentElement.scrollWidth") == width
            colours.append(chromium.run("return getComputedStyle(document.body).backgroundColor"))
        shown = chromium.run("return [...document.querySelectorAll('section')].map(s => [s.id, s.offsetHeight > 60])")
        assert shown == [[name, True] for name in QUICK]
        decoded = "Promise.all([...document.images].map(image => image.decode()))"  # fails for a picture that is none
        assert chromium.run(f"return {decoded}.then(all => all.length)") > 40
        assert NASTY in chromium.run("return document.body.innerText")
    assert colours[0] == colours[1] != colours[2]


def test_what_is_missing_is_said_in_its_place_and_no_more(prepared, make_run):
    run = make_run(0.9)
    about = subject.load(run, prepared)

    def gone(_):
        raise DataError("the weights are not here", do="train it")

    said = page.make_section("filters", "Filters", gone, about)
    assert (said.name, said.title) == ("filters", "Filters") and "the weights are not here; train it" in said.body
    with pytest.raises(ConfigError):
        page.make_section("filters", "Filters", _raise(ConfigError("no such layer")), about)
    with pytest.raises(ZeroDivisionError):  # a bug stays a bug
        page.make_section("filters", "Filters", lambda _: str(1 / 0), about)


def _raise(error):
    def make(_):
        raise error

    return make


def test_a_run_that_is_not_finished_has_no_report(prepared, make_run):
    run = make_run(0.9)
    run.metrics.unlink()
    with pytest.raises(DataError, match=f"kit train --resume {run.id}"):
        page.write(run, prepared, quick=True)


def test_an_ensemble_shows_its_members_and_how_alike_they_are(prepared, make_run):
    from kit.report.sections import ensemble_members

    parts = [make_run(0.7, name=f"part-{seed}", seed=seed) for seed in (1, 2)]
    run = make_run(0.9, kind="ensemble", name="both", parents=[part.id for part in parts], seed=3)
    table = [{"run": part.id, "weight": 0.5, "score": 0.7, "correlation": None} for part in parts]
    tried = [{"method": "mean", "score": 0.9, "loss": 0.3}]
    write_json(run.metrics, {**read_json(run.metrics), "method": "mean", "parts": table, "methods": tried})
    body = ensemble_members.members(subject.load(run, prepared))
    wrong = [subject.load(part, prepared).predicted != subject.load(part, prepared).labels for part in parts]
    shared = (wrong[0] & wrong[1]).sum() / (wrong[0] | wrong[1]).sum()
    assert f">{shared:.2f}</td>" in body and all(part.id in body for part in parts)
    stored = parts[0].folder / "config.json"
    write_json(stored, {**read_json(stored), "config": read_json(stored)["config"] | {"whirl": 1}})  # another version's
    assert ensemble_members.members(subject.load(run, prepared)) == body
    text = page.write(run, prepared).read_text()  # without its network sections, not with empty ones
    assert "ensemble" in _sections(text) and not {"activation", "filters", "curves"} & set(_sections(text))


def test_what_a_review_found_is_shown(prepared, make_run):
    run = make_run(0.9)
    about = subject.load(run, prepared)
    assert review.labels(about) == review.duplicates(about) == ""  # nobody looked
    ids = about.data.train.ids
    errors = f"id,given,action,label,probability\n{ids[3]},flat,drop,steep,0.97\n{ids[5]},none,,flat,0.91\n"
    write_text(run.folder / "review" / "corrections.csv", errors)
    pairs = f"id,other,part,similarity\n{ids[0]},{ids[1]},train,0.99\n{ids[2]},{about.data.test.ids[4]},test,0.98\n"
    write_text(about.folders.root / "review" / "twins.csv", pairs)
    text = page.write(run, prepared, quick=True).read_text()
    assert "2 labels that the run contradicts" in text and f"id {ids[3]}<br>drop" in text
    assert (
        'class="no">flat · steep</b>' in text
        and "Across train and test: 1 pairs" in text
        and ">none · test</b>" in text
    )
    write_text(run.folder / "review" / "corrections.csv", errors.replace(ids[5], "no-such-id"))
    assert "no-such-id" in page.write(run, prepared, quick=True).read_text()  # said in its place
