"""What is predicted, by the different texts of a column and what the sample writes."""

from collections import Counter

import pytest

from kit.scaffold.sample import Sample
from kit.scaffold.target import decide_by_values
from tests.scaffold import forms
from tests.scaffold.conftest import text_of
from tests.small_archives import zipped


def _counts(texts: str) -> Counter[str]:
    return Counter(text.strip() for text in texts.split("/"))


def _sample(*texts: str) -> Sample:
    return Sample(columns=("label",), texts=tuple((text,) for text in texts))


@pytest.mark.parametrize(
    ("texts", "written", "kind", "form", "guesses"),
    [
        ("owl/cat/owl", ["cat"], "Classes", "label", set()),
        ("Sugar beet/Common wheat/Common weed/Maize", ["Maize"], "Classes", "label", set()),
        ("owl/cat", [""], "Classes", "label", set()),
        ("owl/cat", ["bat"], "Classes", "label", {"columns"}),
        ("owl/cat", ["0"], "Classes", "label", {"values"}),
        ("owl/cat", ["0.5"], "Classes", "probability", {"of"}),
        ("owl/cat/bat", ["0.5"], "Classes", "probability", {"of"}),
        ("0/1/0", ["0.5"], "Classes", "probability", set()),
        ("0/1/0", ["0", "1"], "Classes", "label", set()),
        ("0/1/0", ["0"], "Classes", "probability", {"form"}),
        ("0/1/2/3", ["0"], "Classes", "label", {"columns"}),
        ("10/3/7", ["3"], "Classes", "label", {"columns"}),
        ("1/2/3/4", ["2.5"], "Numbers", "value", {"low"}),
        ("1/2/3/4", ["0.5"], "Numbers", "value", {"low", "columns"}),
        ("1/nan/1/nan", ["1"], "Classes", "label", set()),
        ("1.5/2/3", ["0"], "Numbers", "value", {"low"}),
        ("15/156/6042", ["0"], "Classes", "label", {"columns"}),
        ("/".join(map(str, range(1, 400, 3))), ["1"], "Numbers", "value", {"low", "columns"}),
        ("/".join(map(str, range(120))) + "/7", ["7"], "Classes", "label", {"columns"}),
        ("a b/a/b c/c a/c", ["a b"], "Labels", "labels", set()),
        ("clear primary/cloudy/haze primary water", ["clear water"], "Labels", "labels", set()),
        ("clear primary/clear/primary/clear haze primary", ["snow"], "Labels", "labels", {"columns"}),
        ("Black rot/Black/Common wheat", ["Black"], "Classes", "label", set()),
        ("1 5/5 9/1 9/1 5 9", ["1 5"], "Labels", "labels", set()),
        ("w1/w2/w3/w1", ["w1 w2"], "Classes", "ranking", set()),
        ("1/2/3/1", ["1 2 3"], "Classes", "ranking", set()),
    ],
)
def test_the_kind_and_the_form_follow_from_the_texts(texts, written, kind, form, guesses):
    target = decide_by_values(_counts(texts), "label", _sample(*written))
    assert (target.kind, target.form, set(target.doubts)) == (kind, form, guesses)


def test_numbers_of_categories_are_names():
    counts = Counter({str(number): 2 for number in range(0, 300, 7)})
    target = decide_by_values(counts, "category_id", _sample("7"))
    assert (target.kind, target.form, target.values, target.doubts) == ("Classes", "label", (), {})


@pytest.mark.parametrize(("mark", "separator"), [("|", "|"), (", ", ", "), (",", ","), (";", ";")])
def test_tags_are_separated_by_what_stands_between_them(mark, separator):
    counts = Counter(["a b", f"a b{mark}c", f"c{mark}d", "d", f"a b{mark}d"])
    target = decide_by_values(counts, "label", _sample(f"a b{mark}c"))
    assert (target.kind, target.separator, target.columns) == ("Labels", separator, ("a b", "c", "d"))


def test_texts_that_are_all_different_are_no_classes():
    target = decide_by_values(Counter(f"text {n}" for n in range(1200)), "label", _sample("x"))
    assert target.columns == ("first", "second")
    assert target.doubts["columns"].startswith("no classes were recognized: 1200 different texts in 1200 rows")


def test_decimals_in_the_sample_mean_probabilities(scaffold):
    made = scaffold({"train.zip": "", "test.zip": "", "sample_submission.csv": "id,label\n1,0.5\n"})
    assert (made.submission.kind, made.metric) == ("probability", "log_loss")
    assert len(made.submission.of) == 1 and set(made.submission.of) <= set(made.target.columns)


def test_several_target_columns_are_the_classes(scaffold):
    members = {"train.zip": "", "test.zip": "", "sample.csv.zip": zipped({"sample.csv": "id,c0,c1,c2\n1,1,0,0\n"})}
    made = scaffold(members)
    assert made.submission.target_columns == made.target.columns == ("c0", "c1", "c2")
    assert made.submission.kind == "probability" and made.archives.sample == "sample.csv.zip"


def test_many_classes_stand_in_a_file_beside(scaffold):
    names = [f"w_{number:04}" for number in range(300)]
    images = forms.pictures([f"train/{n}.jpg" for n in range(600)] + ["test/x.jpg"], (8, 8))
    table = forms.table("id,label", *(f"{n},{names[n % 300]}" for n in range(600)))
    made = scaffold({**images, "train.csv": table, "sample.csv": "id,label\nx,w_0001\n"})
    assert made.target.columns == tuple(names) and "w_0007" not in text_of(made)
    assert (made.folder / "columns.txt").read_text().split() == names


def test_the_metrics_that_fit_are_named(scaffold):
    made = scaffold(forms.pets())
    assert "TODO: public_share=0.3, of the test rows those behind the public score" in text_of(made)
    assert "TODO: the competition's own metric; of the kit's, these fit: rmse, rmsle, mae, r2;" in text_of(made)
