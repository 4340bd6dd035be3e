import pytest

from kit.errors import DataError
from kit.plugins import folders, load

SLUGS = sorted(folders())


@pytest.mark.parametrize("slug", SLUGS)
def test_the_built_in_competitions_load(slug):
    from kit.learn.input.views import VIEWS
    from kit.metrics import METRICS

    competition = load(slug)
    assert competition.slug == slug and competition.folder.name == slug
    assert competition.metric in METRICS and set(competition.tta) <= set(VIEWS)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("digit-recogniser", "did you mean 'digit-recognizer'"),
        ("digit-recogniser", "`--competitions DIR` before the verb"),
        ("../../etc", "not a competition's slug"),
        ("DIGIT", "lower-case"),
    ],
)
def test_an_unknown_slug_is_refused_with_the_nearest(slug, words):
    with pytest.raises(DataError, match=words):
        load(slug)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('slug="tiny-stripes"', 'slug="other"'), "slug and folder name differ"),
        (lambda text: text + "\n1 +", r"competition\.py, line \d+, does not load.*SyntaxError"),
        (lambda text: "import nowhere_to_be_found\n" + text, "line 1, does not load.*nowhere_to_be_found"),
        (lambda text: text.replace("COMPETITION = ", "OTHER = "), "lacks COMPETITION"),
        (lambda text: text.replace('values=("0", "1", "2")', 'values=("0", "1")'), "one value per class"),
        (
            lambda text: text.replace('metric="acc', 'public_share=25, metric="acc'),
            "public_share is out of range; received 25",
        ),
        (lambda text: text.replace("read=read", "read=None"), "read is of another type; received None; expected a fun"),
        (lambda text: text.replace("defaults={", "runs=('a',), defaults={"), "hold something else; received 'a'"),
        (lambda text: text.replace("defaults={", "runs=({3: 4},), defaults={"), "hold something else; received {3: 4}"),
    ],
)
def test_a_broken_plugin_is_one_line_with_its_place(plugins, change, words):
    file = plugins / "tiny-stripes" / "competition.py"
    file.write_text(change(file.read_text()))
    with pytest.raises(DataError, match=words):
        load("tiny-stripes", [plugins])
