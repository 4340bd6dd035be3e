"""The text of a new competition folder: a competition.py that loads as it is, and says what is left to decide."""

from string import Template

from kit.metrics import METRICS, find_fitting
from kit.scaffold.facts import Facts
from kit.scaffold.read_body import GUESS, list_readers, literal, write_doubt, write_read

INLINE = 50  # columns of a target that stand in competition.py itself; more stand in a file beside it
FILE = "columns.txt"

SHARE = "    # TODO: public_share=0.3, of the test rows those behind the public score, as the leaderboard's page says\n"
COMPETITION = Template('''"""$title. TODO: what is to be told apart, how it is scored, which score is good.

Try: kit prepare $slug, then kit train $slug, then kit submit $slug RUN
"""

from pathlib import Path
$any
from kit.competition import Archives, Competition, Split, Submission$table_type
$readers
${build_imports}from kit.targets import $target_kind

$shape${columns_doubt}COLUMNS = $columns  # what `read` gives of each row; in this order predictions are stored
$table_constant

def read(raw: Path, part: str) -> Split:
    """Part "train" or "test" of the extracted archive. Ids are text, as the sample submission writes them."""
$read
$build
$augment
COMPETITION = Competition(
    slug="$slug",
    title="$title",
${bounds_doubt}    target=$target_kind(COLUMNS$bounds),
$rows    # TODO: the competition's own metric; of the kit's, these fit: $fitting; `metrics=` may bring its own
    metric="$metric",
    submission=Submission(
${sample_doubt}        id_column=$id_column,  # as in the header of Kaggle's sample submission
        target_columns=$target_columns,
${form_doubt}        kind="$kind",  # $kind_means
$form    ),
    archives=Archives(  # members of the archive; archives among them are opened by `kit prepare`, x.zip into raw/x/
${train_doubt}        train=$train,  # a member, or a folder of members
${test_doubt}        test=$test,  # likewise
${sample_doubt}        sample=$sample,  # Kaggle's own sample submission
        labels=$labels,
    ),
    read=read,
$augment_fields    defaults=$defaults,  # any field of kit.config.Config
$build_field$share)
''')

AUGMENT = '''
def augment() -> Any:
    """How a training image may vary and still show its class. Runs in worker processes, on uint8 images."""
    import albumentations as A

    return A.Compose([A.HorizontalFlip(p=0.5)])  # TODO: a digit is never flipped; what else does not matter here?

'''
AUGMENT_FIELDS = """    augment=augment,
    tta=("identity", "hflip"),  # TODO: views (kit.learn.input.views.VIEWS) that make sense here: `kit predict` may average them
"""
OF_IMAGES = {"recipe": "scratch", "backbone": "resnet9", "epochs": 12}
OF_TABLES = {"recipe": "boosting"}

KINDS = {
    "label": "one class a row",
    "probability": "a number from 0 to 1 in each target column",
    "labels": "those of a row, joined",
    "ranking": "the most probable classes, joined, best first",
    "value": "a number in each target column",
}

README = Template("""# $title

TODO: two sentences on the competition$address

| | |
|---|---|
| $rows | $images |
| predicted | $predicted |
| metric | $metric (TODO: check) |
| expected | TODO: out-of-fold score, leaderboard score, time, and the command that gave them |

```
kit download $slug
kit prepare $slug
kit train $slug
kit submit $slug RUN
```

Where this folder does not lie in `competitions/` of the kit: `kit --competitions DIR VERB`, DIR being the one that holds it.
""")


def write_files(slug: str, facts: Facts, build: tuple[str, str] = ("", "")) -> dict[str, str]:
    """The text of each file of the folder, by name. build: of a competition that is scored here, the imports and the function
    `build` (kit.scaffold.class_source).
    """
    files = {
        "competition.py": competition(slug, facts, *build),
        "README.md": readme(slug, facts, on_kaggle=not any(build)),
    }
    return files | ({FILE: "\n".join(facts.target.columns) + "\n"} if _is_long(facts) else {})


def competition(slug: str, facts: Facts, build_imports: str = "", build: str = "") -> str:
    """The text of competition.py. Everything from the archive goes in as a Python literal, whatever it holds."""
    declared, given, doubts = facts.target, facts.sample, facts.target.doubts
    named = given.columns == declared.columns
    return COMPETITION.substitute(
        _names(slug, facts),
        readers=list_readers(facts),
        table_type=", Table" if facts.columns else "",
        table_constant=_write_table(facts),
        rows=("" if facts.alone else "    image_shape=SHAPE,\n") + ("    table=TABLE,\n" if facts.columns else ""),
        build_imports=build_imports,
        build=build,
        build_field="    build=build,\n" if build else "",
        share="" if build else SHARE,
        read=write_read(facts),
        target_kind=declared.kind,
        columns=_write_columns(facts),
        columns_doubt=write_doubt(0, doubts.get("columns", "")),
        bounds=_write_bounds(facts),
        bounds_doubt=write_doubt(4, doubts.get("low", "")),
        **_write_of_images(facts),
        defaults=literal(OF_TABLES if facts.alone else OF_IMAGES),
        fitting=", ".join(find_fitting(METRICS, declared.kind.lower(), declared.form)),
        id_column=literal(given.id_column),
        target_columns="COLUMNS" if named else literal(given.columns),
        kind=declared.form,
        kind_means=KINDS[declared.form],
        form=_write_form(facts),
        form_doubt=write_doubt(8, doubts.get("form", "")),
        train=literal(facts.train.source),
        train_doubt=write_doubt(8, facts.train.doubt),
        test=literal(facts.test.source),
        test_doubt=write_doubt(8, facts.test.doubt),
        sample=literal(given.source),
        sample_doubt=write_doubt(8, facts.sample_doubt),
        labels=literal(facts.table.source if facts.table else None),
    )


def readme(slug: str, facts: Facts, on_kaggle: bool = True) -> str:
    """The text of README.md, with what the archive shows."""
    address = f", and its address on Kaggle: https://www.kaggle.com/competitions/{slug}"
    counts = f"{len(facts.train.paths)} to train on, {len(facts.test.paths)} to predict, {facts.size.seen}"
    return README.substitute(
        _names(slug, facts),
        address=address if on_kaggle else "; scored here, on the labels that `build` sets aside",
        rows="rows" if facts.alone else "images",
        images=counts
        if facts.train.paths
        else "TODO: how many to train on and to predict" + ", their size" * (not facts.alone),
        predicted=f"{facts.target.kind.lower()} (TODO: what they mean)",
    )


def list_guesses(text: str) -> list[str]:
    """What is said of each guess in a competition.py."""
    return [line.partition(GUESS)[2] for line in text.splitlines() if GUESS in line]


def _names(slug: str, facts: Facts) -> dict[str, str]:
    return {"slug": slug, "title": slug.replace("-", " ").capitalize(), "metric": facts.target.metric}


def _is_long(facts: Facts) -> bool:
    """Whether the columns fill a file of their own, where each is one line."""
    columns = facts.target.columns
    return len(columns) > INLINE and all(name.isprintable() for name in columns)


def _write_columns(facts: Facts) -> str:
    if _is_long(facts):
        return f'tuple((Path(__file__).parent / "{FILE}").read_text("utf-8").splitlines())'
    return literal(facts.target.columns)


def _write_of_images(facts: Facts) -> dict[str, str]:
    """What a competition without images lacks."""
    if facts.alone:
        return dict.fromkeys(("any", "shape", "augment", "augment_fields"), "")
    means = "height, width, channels that images are decoded to, once and for all; 1 channel is grey"
    return {
        "any": "from typing import Any\n",
        "shape": f"{write_doubt(0, facts.size.doubt)}SHAPE = {literal(facts.size.shape)}  # {means}\n",
        "augment": AUGMENT,
        "augment_fields": AUGMENT_FIELDS,
    }


def _write_table(facts: Facts) -> str:
    if not (told := facts.columns):
        return ""
    doubt = write_doubt(0, f"columns that {told.test} has, too; which of them say something is to be tried")
    return f"\n{doubt}TABLE = Table(numbers={literal(told.numbers)}, categories={literal(told.categories)})\n"


def _write_bounds(facts: Facts) -> str:
    declared = facts.target
    return "" if declared.low is None else f", low={declared.low:.9g}, high={declared.high:.9g}"


def _write_form(facts: Facts) -> str:
    """The fields of Submission that say how the target and the target columns belong together, each with what it is for."""
    declared = facts.target
    fields = {
        "values": (declared.values, "what is written for each class, in their order"),
        "of": (declared.of, "the class whose probability each target column holds"),
        "k": (declared.k, "classes in a row"),
    }
    if declared.form == "labels" and declared.separator != " ":
        fields["separator"] = (declared.separator, "between the labels of a row")
    return "".join(
        f"{write_doubt(8, declared.doubts.get(name, ''))}        {name}={literal(value)},  # {means}\n"
        for name, (value, means) in fields.items()
        if value
    )
