"""`kit report SLUG`: the page about a competition."""

import json
import re
from pathlib import Path

from kit import paths
from kit.submission import records


def _sent(run, public, number):
    folder = paths.submissions(run.slug, run.folder)
    when = f"2026-11-0{number}T10:00:00.000000+00:00"
    scored = {"status": "complete", "public_score": public} if public else {}
    records.write(folder, records.Record(run.slug, f"{number}" * 64, run.id, "s.csv", "", number, when, **scored))


def test_a_competition_s_page_holds_every_run_and_what_kaggle_said(kit, prepared, make_run, monkeypatch):
    monkeypatch.setattr("kit.runs.find_author", lambda: ("ann", "KIT_AUTHOR"))
    runs = [make_run(right, name=f"r{n}", seed=n) for n, right in enumerate((0.5, 0.7, 0.8, 0.9))]
    runs[3].metrics.unlink()
    for number, (run, public) in enumerate(zip(runs[:3], ("0.55", "0.71", None), strict=True), 1):
        _sent(run, public, number)
    told = json.loads(kit("report", "tiny-stripes", "--json", KERAS_BACKEND="none-such").stdout)
    text = Path(told["report"]).read_text()
    assert re.findall(r'<section id="(\w+)"', text) == [
        "next",
        "summary",
        "scores",
        "submissions",
        "team",
        "runs",
        "data",
        "shift",
    ]
    assert all(text.count(run.id) >= 1 for run in runs) and "train, interrupted" in text
    scores = [json.loads(run.metrics.read_text())["score"] for run in runs[:3]]
    best = runs[scores.index(max(scores))]
    assert re.search(r"<td[^>]*>ann</td><td[^>]*>3</td>", text)
    assert f"The best run is {best.id}" in text and "<b>0.71000</b>" in text and ">pending</td>" in text
    assert (
        "Rank correlation" not in text and text.count(", public 0.") == 2
    )  # a point of the scatter for each submission that has both scores
    assert "too few different images" in text  # 30 test images: the page says so and holds the rest


def test_the_page_begins_with_what_to_do_next(here, kaggle, prepared, make_run):
    def first_section() -> str:
        text = Path(here("report", "tiny-stripes").stdout.strip()).read_text()
        return re.search(r'<section id="next">(.*?)</section>', text, re.S)[1]

    weak, strong = make_run(0.5, name="weak"), make_run(0.95, name="strong", seed=1)
    kaggle.allowed = 2
    assert f"submit tiny-stripes {strong.id} --send --wait" in first_section() and ">2<" in first_section()
    kaggle.allowed = 0
    assert f"Nothing is left today. First tomorrow: {strong.id}" in first_section()
    _sent(strong, "0.9", 1)
    told = first_section()
    assert (
        "No run is worth a submission" in told and f"identical predictions to {strong.id}" in told and weak.id in told
    )


def test_a_competition_without_runs_or_data_has_a_page_too(here, home):
    text = Path(here("report", "tiny-stripes").stdout.strip()).read_text()
    assert "no run is finished yet" in text and "is not prepared" in text
    assert "nothing was sent" in text and "Nobody has a finished run here of: scratch tiny" in text


def test_the_page_of_a_competition_has_kaggle_s_list_and_says_from_when(here, home, kaggle):
    kaggle.submissions = [{"ref": 7, "status": "COMPLETE", "description": "of a teammate", "publicScore": "0.9"}]
    text = Path(here("report", "tiny-stripes").stdout.strip()).read_text()
    assert "of a teammate" in text and re.search(r"list of submissions was read at \d{4}-\d\d-\d\d \d\d:\d\d UTC", text)
    kaggle.submissions, asked = [], len(kaggle.requests)
    done = here("report", "tiny-stripes", "--offline")
    assert "was read at" in done.stderr and len(kaggle.requests) == asked


def test_what_the_pages_and_the_results_tell_to_type_has_the_options_before_the_verb(here, plugins, make_run):
    run, given = make_run(0.8), f"kit --competitions {plugins}"
    page = Path(here("report", run.id, "--quick").stdout.strip()).read_text()
    season = Path(here("report", "tiny-stripes").stdout.strip()).read_text()
    assert f"<footer>{given} report {run.id}</footer>" in page and f"{given} submit SLUG RUN --send" in season
    assert f"`{given} runs empty-trash`" in here("runs", "delete", run.id).stdout
