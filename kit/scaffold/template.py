"""The text of a new competition folder: a competition.py that loads as it is, and says what is left to decide."""

from string import Template

from kit.scaffold.facts import Facts, is_table

COMPETITION = Template('''"""$title. TODO: what is to be told apart, how it is scored, which score is good.

Try: kit prepare $slug, then kit train $slug, then kit submit $slug RUN
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
$reader
from kit.targets import Classes

SHAPE = $shape  #$shape_note height, width, channels that images are decoded to, once and for all; 1 channel is grey


def read(raw: Path, part: str) -> Split:
    """Part "train" or "test" of the extracted archive. Ids are text, as the sample submission writes them."""
$read


def augment() -> Any:
    """How a training image may vary and still show its class. Runs in worker processes, on uint8 images."""
    import albumentations as A

    return A.Compose([A.HorizontalFlip(p=0.5)])  # TODO: a digit is never flipped; what else does not matter here?


COMPETITION = Competition(
    slug="$slug",
    title="$title",
    #$classes_note the labels that `read` gives; in this order their probabilities are stored
    target=Classes($classes),
    image_shape=SHAPE,
    metric="$metric",  # TODO: the competition's own, from kit.metrics.METRICS, or in `metrics=` its own
    submission=Submission(
        id_column=$id_column,  #$sample_note as in the header of Kaggle's sample submission
        target_columns=$target_columns,
        kind="$kind",  # "label": one class a row; "probability": a number from 0 to 1 in each target column
$form    ),
    archives=Archives(  # members of the archive; archives among them are opened by `kit prepare`, x.zip into raw/x/
        train=$train,  #$train_note a member, or a folder of members
        test=$test,  #$test_note likewise
        sample=$sample,  #$sample_note Kaggle's own sample submission
        labels=$labels,
    ),
    read=read,
    augment=augment,
    tta=("identity", "hflip"),  # TODO: views (kit.learn.input.views.VIEWS) that make sense here: `kit predict` may average them
    defaults={"recipe": "scratch", "backbone": "resnet9", "epochs": 12},  # any field of kit.config.Config
)
''')

# How images and labels are read, by what the archive shows. Each is the body of `read`.
PIXELS = Template("""\
    # One row per image, one column per pixel; the test table has no label column. $ids_note
    label = $label_column if part == "train" else None
    images, labels = pixel_csv(raw / f"{part}.csv", SHAPE, label_column=label$ids)
    return Split(images.ids, images, labels)""")
FOLDERS = Template("""\
    if part == "train":
        return Split(*class_folders(raw / $train))
    images = image_folder(raw / $test)  # ids are TODO: as the sample submission writes them; here $endings the ending
    return Split([path.$id for path in images], images, None)""")
TABLE = Template("""\
    images = image_folder(raw / ($train if part == "train" else $test))
    ids = [path.$id for path in images]$choices
    return Split(ids, images, labels(raw / $table, ids, $id_column, $label_column) if part == "train" else None)""")
NAMES = Template("""\
    images = image_folder(raw / ($train if part == "train" else $test))
    ids = [path.$id for path in images]
    # TODO: where the class is written. Here: cat.0.jpg is a cat. In a folder for each class, perhaps of an archive in the
    # archive: kit.data.readers.class_folders. In a table: kit.data.readers.labels(raw / "labels.csv", ids, "id", "label")
    return Split(ids, images, [path.name.split(".")[0] for path in images] if part == "train" else None)""")

README = Template("""# $title

TODO: two sentences on the competition, and its address on Kaggle: https://www.kaggle.com/competitions/$slug

| | |
|---|---|
| images | TODO: how many to train on and to predict, their size |
| classes | TODO |
| metric | $metric (TODO: check) |
| expected | TODO: out-of-fold score, leaderboard score, time, and the command that gave them |

```
kit download $slug
kit prepare $slug
kit train $slug
kit submit $slug RUN
```
""")


def competition(slug: str, facts: Facts) -> str:
    """The text of competition.py. Everything from the archive goes in as a Python literal, whatever it holds."""
    return COMPETITION.substitute(
        _names(slug, facts),
        reader="from kit.data." + ("pixels import pixel_csv" if is_table(facts.train) else _readers(facts)),
        read=_read(facts),
        classes=_literal(facts.classes),
        classes_note=_doubt(facts, "classes"),
        shape=_literal(facts.shape),
        shape_note=_doubt(facts, "shape"),
        id_column=_literal(facts.id_column),
        target_columns=_literal(facts.target_columns),
        kind=facts.kind,
        form=_form(facts),
        train=_literal(facts.train),
        test=_literal(facts.test),
        sample=_literal(facts.sample),
        labels=_literal(facts.labels),
        train_note=_doubt(facts, "train"),
        test_note=_doubt(facts, "test"),
        sample_note=_doubt(facts, "sample"),
    )


def readme(slug: str, facts: Facts) -> str:
    return README.substitute(_names(slug, facts))


def _names(slug: str, facts: Facts) -> dict[str, str]:
    title = slug.replace("-", " ").capitalize()
    return {"slug": slug, "title": title, "metric": "log_loss" if facts.kind == "probability" else "accuracy"}


def _readers(facts: Facts) -> str:
    return (
        "readers import "
        + ("class_folders, " if facts.class_folders else "")
        + "image_folder"
        + (", labels" if facts.labels else "")
    )


def _read(facts: Facts) -> str:
    body = PIXELS if is_table(facts.train) else TABLE if facts.labels else FOLDERS if facts.class_folders else NAMES
    ids = f", id_column={_literal(facts.label_columns[0])}" if facts.pixel_ids else ""
    return body.substitute(
        train=_literal(_strip_archive_suffix(facts.train)),
        test=_literal(_strip_archive_suffix(facts.test)),
        table=_literal(_strip_archive_suffix(facts.labels or "")),
        id="name" if facts.endings else "stem",
        choices=_choices(facts),
        endings="with" if facts.endings else "without",
        id_column=_literal(facts.label_columns[0]),
        label_column=_literal(facts.label_columns[1]),
        ids=ids,
        ids_note="" if ids else "Rows are numbered from 1, or pass id_column.",
    )


def _choices(facts: Facts) -> str:
    """What to decide where several columns may hold the label."""
    seen = f"{facts.label_choices}, and the sample writes {sorted(facts.written)[:3]}"
    return f"\n    # TODO: a guess; the label may be in any column of {seen}" if facts.label_choices else ""


def _form(facts: Facts) -> str:
    """The fields of Submission that say how classes and target columns belong together."""
    if facts.kind == "label":
        if not facts.values:
            return ""
        return (
            f"        values={_literal(facts.values)},  # TODO: check: what is written for each class, in their order\n"
        )
    if facts.target_columns == facts.classes:
        return ""
    of = facts.classes[-len(facts.target_columns) :]
    return f"        of={_literal(of)},  # TODO: check: the class whose probability each target column holds\n"


def _doubt(facts: Facts, name: str) -> str:
    return "" if name in facts.seen else " TODO: a guess;"


def _strip_archive_suffix(member: str) -> str:
    return member.removesuffix(".zip").removesuffix(".7z")


def _literal(value: object) -> str:
    """As Python source with double quotes, where the value itself holds none."""
    text = repr(value)
    return text.replace("'", '"') if '"' not in text and "\\" not in text else text
