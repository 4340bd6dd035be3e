"""The body of `read` in a new competition.py: how images and labels are read, by what the archive shows."""

from string import Template

from kit.data.archives.limits import strip_packed
from kit.scaffold.facts import Facts
from kit.scaffold.images import Part, find_class_folders

GUESS = "# TODO: a guess: "
TEST = """\
    if part == "test":
        ids = column(raw / $sample, $id_column)
${test_names}        return Split(ids, $test_images$test_columns)
"""
TABLE = Template(
    TEST
    + """\
    ids = column(raw / $table, $table_ids)
${labels_doubt}    given = $reader(raw / $table, ids, $table_ids, $label_columns$separator)
${groups}    return Split(ids, $train_images, given$with_groups$train_columns)"""
)
ROWS = Template("""\
    if part == "test":
        ids = column(raw / $sample, $id_column)
        return Split(ids$test_columns)
    ids = column(raw / $table, $table_ids)
${labels_doubt}    given = $reader(raw / $table, ids, $table_ids, $label_columns$separator)
${groups}    return Split(ids, labels=given$with_groups$train_columns)""")
FOLDERS = Template(
    TEST
    + """\
    return Split(*class_folders($train_folder))"""
)
GROUPED_FOLDERS = Template(
    TEST
    + """\
    ids, images, given = class_folders($train_folder)
    names = [path.name for path in images]
${groups}    return Split(ids, images, given, groups=groups)"""
)
NAMES = Template(
    TEST
    + """\
    images = image_folder(raw / $train)
    # TODO: where the labels are. $names_note In a folder for each class: kit.data.readers.class_folders; in a table:
    # kit.data.readers.labels, one_hot, label_columns, tags or numbers
    return Split([path.stem for path in images], images, [path.name.split($mark)[0] for path in images])"""
)
PIXELS = Template("""\
    # One row per image, one column per pixel. Without id_column, rows are numbered from 1
    if part == "test":
        images, _ = pixel_csv(raw / $test, SHAPE$test_ids)
${test_rows}${labels_doubt}    images, labels = pixel_csv(raw / $train, SHAPE, label_column=$label_columns$train_ids)
    return Split(images.ids, images, $given)""")
GIVEN = {  # labels of a table of pixels, by the reader that those of another table would have
    "labels": "labels",
    "numbers": "[[float(label)] for label in labels]",
    "tags": "[label.split($separator) for label in labels]",
}


def write_read(facts: Facts) -> str:
    template = _find_template(facts)
    declared, doubts = facts.target, facts.target.doubts
    seen = (
        f"The first part of a name such as {facts.train.paths[0].rpartition('/')[2]}"
        if facts.mark
        else "A guess: cat.0.jpg is a cat"
    )
    several = declared.reader in ("one_hot", "label_columns", "numbers") and not facts.pixels
    columns = declared.label_columns if several else declared.label_columns[0]
    return template.substitute(
        sample=literal(strip_packed(facts.sample.path)),
        id_column=literal(facts.sample.id_column),
        train=literal(facts.train.folder),
        train_images=_write_images(facts, facts.train, "ids"),
        test_images=_write_images(facts, facts.test, "names" if facts.test_names else "ids"),
        test=literal(facts.test.folder),
        train_folder=_write_class_folder(facts),
        test_names=_write_names(facts),
        table=literal(facts.table.path if facts.table else ""),
        table_ids=literal(facts.table.id_column if facts.table else ""),
        labels_doubt=write_doubt(4, doubts.get("reader", "")) + write_doubt(4, doubts.get("label_columns", "")),
        groups=_write_groups(facts),
        train_columns=_write_columns(facts, facts.table.path, facts.table.id_column) if facts.table else "",
        test_columns=_write_columns(facts, facts.columns.test, facts.columns.id_column) if facts.columns else "",
        with_groups=", groups=groups" if facts.group else "",
        reader=declared.reader,
        label_columns="COLUMNS" if columns == declared.columns else literal(columns),
        separator=f", {literal(declared.separator)}" if declared.reader == "tags" and declared.separator != " " else "",
        names_note=f"{seen}.",
        mark=literal(facts.mark or "."),
        given=GIVEN.get(declared.reader, "labels").replace("$separator", literal(declared.separator)),
        train_ids=_id_column(facts.pixels.train_ids if facts.pixels else None),
        test_ids=_id_column(facts.pixels.test_ids if facts.pixels else None),
        test_rows=_write_test_rows(facts),
    )


def _find_template(facts: Facts) -> Template:
    if facts.pixels:
        return PIXELS
    if facts.table:
        return ROWS if facts.alone else TABLE
    if facts.class_folders:
        return GROUPED_FOLDERS if facts.group_table else FOLDERS
    return NAMES


def _write_images(facts: Facts, part: Part, ids: str) -> str:
    folder = f"raw / {literal(part.folder)}, {ids}"
    if facts.arrays and facts.table:
        return f"json_images({folder}, {literal(facts.table.id_column)}, {literal(facts.arrays.fields)}, SHAPE)"
    return f"find_images({folder}{', shared=True' if facts.shared else ''})"


def _write_class_folder(facts: Facts) -> str:
    folder = f"raw / {literal(facts.train.folder)}" if facts.train.folder else "raw"
    return f"{folder}, only={literal(find_class_folders(facts.train))}" if facts.shared else folder


def _write_names(facts: Facts) -> str:
    if (told := facts.test_names) is None:
        return ""
    columns = f"{literal(told.id_column)}, {literal(told.name_column)}"
    return f"        names = labels(raw / {literal(told.path)}, ids, {columns})\n"


def _write_groups(facts: Facts) -> str:
    table = facts.table or facts.group_table
    if table is None or not facts.group:
        return ""
    counts = table.values[facts.group]
    seen = f"{counts.total()} rows of {len(counts)} {facts.group}; those of one stay in one fold"
    columns, ids = f"{literal(table.id_column)}, {literal(facts.group)}", "ids" if facts.table else "names"
    return f"{write_doubt(4, seen)}    groups = labels(raw / {literal(table.path)}, {ids}, {columns})\n"


def _write_columns(facts: Facts, path: str, id_column: str) -> str:
    if facts.columns is None:
        return ""
    missing = f", missing={literal(('', *facts.columns.missing))}" if facts.columns.missing else ""
    return f", table=table_columns(raw / {literal(path)}, ids, {literal(id_column)}, TABLE{missing})"


def list_readers(facts: Facts) -> str:
    """What `read` imports."""
    if facts.pixels:
        return f"from kit.data.readers import {'column, ' * _is_in_order_of_sample(facts)}pixel_csv"
    names = {"column"} if facts.alone else {"column", "json_images" if facts.arrays else "find_images"}
    names |= {"labels"} if facts.test_names or facts.group else set()
    names |= {"table_columns"} if facts.columns else set()
    names |= {facts.target.reader} if facts.table else {"class_folders"} if facts.class_folders else {"image_folder"}
    return "from kit.data.readers import " + ", ".join(sorted(names))


def _write_test_rows(facts: Facts) -> str:
    """What `read` gives of the test table of pixels."""
    if not _is_in_order_of_sample(facts):
        return "        return Split(images.ids, images)\n"
    ids = f"column(raw / {literal(strip_packed(facts.sample.path))}, {literal(facts.sample.id_column)})"
    doubt = write_doubt(8, "the test table has no ids: those of the sample submission, in its order")
    return f"{doubt}        return Split({ids}, images)\n"


def _is_in_order_of_sample(facts: Facts) -> bool:
    """Whether the test table of pixels has no ids, and the sample has others than the numbers of rows."""
    if facts.pixels is None or facts.pixels.test_ids:
        return False
    return any(name != str(number) for number, name in enumerate(facts.sample.ids, 1))


def _id_column(name: str | None) -> str:
    return f", id_column={literal(name)}" if name else ""


def literal(value: object) -> str:
    """As Python source with double quotes, where the value itself holds none."""
    text = repr(value)
    return text.replace("'", '"') if '"' not in text and "\\" not in text else text


def write_doubt(indent: int, doubt: str) -> str:
    """A line of comment above what is a guess, whatever the archive holds; empty without a doubt."""
    return f"{' ' * indent}{GUESS}{' '.join(doubt.split())}\n" if doubt else ""
