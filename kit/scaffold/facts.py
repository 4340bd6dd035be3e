"""What can be read off a competition's archive without unpacking it: images, sample submission, labels, target."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from kit.scaffold import columns, images, json_arrays, labels, pixels, refusals, sample, target
from kit.scaffold.columns import Columns
from kit.scaffold.images import Part, Size
from kit.scaffold.json_arrays import JsonArrays
from kit.scaffold.labels import Names, Table
from kit.scaffold.members import Members, count_endings, open_members
from kit.scaffold.pixels import PixelTables
from kit.scaffold.sample import Sample
from kit.scaffold.target import Target

NOTHING_READ = "no archive was read"
LISTED = 3  # names that a line of left out members shows


@dataclass(frozen=True)
class Facts:
    """One of `table`, `pixels`, `class_folders` and `mark` says where the labels are: in a table beside images, in one of
    pixels, in folders for each class, or in the names of files before that mark; none where that is not known.

    sample: the kit's guess where `sample_doubt` says why. test_names: the table that tells which images the ids of the test
    are, where their names do not. arrays: where the records of the table hold the images themselves. group: a column of the
    table, or of `group_table` beside folders of classes, that says which rows are of one patient or the like. columns: those
    beside the images, in both parts; or alone, without images. left_out: lines on what `read` will make no use of.
    """

    sample: Sample = field(default_factory=Sample)
    sample_doubt: str = NOTHING_READ
    train: Part = field(default_factory=lambda: Part("train.zip", "train", doubt=NOTHING_READ))
    test: Part = field(default_factory=lambda: Part("test.zip", "test", doubt=NOTHING_READ))
    size: Size = field(default_factory=lambda: Size(doubt=NOTHING_READ))
    table: Table | None = None
    test_names: Names | None = None
    pixels: PixelTables | None = None
    arrays: JsonArrays | None = None
    group: str = ""
    group_table: Table | None = None
    columns: Columns | None = None
    alone: bool = False
    class_folders: bool = False
    mark: str = ""
    target: Target = field(default_factory=lambda: Target().doubt(columns=NOTHING_READ, form=NOTHING_READ))
    left_out: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether images of the other part lie in the folder of a part."""
        train, test = PurePosixPath(self.train.folder), PurePosixPath(self.test.folder)
        return train.is_relative_to(test) or test.is_relative_to(train)

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns beside the images that are learned from."""
        return (*self.columns.numbers, *self.columns.categories) if self.columns else ()


def read(archive: Path) -> Facts:
    """Raises DataError for a file that is no sound zip archive, and for a competition of another kind than the kit's."""
    with open_members(archive) as members:
        given = sample.read_sample(members)
        index = images.index_images(members)
        tables = None if index.paths else pixels.find_pixel_tables(members, given)
        arrays = None if index.paths or tables else json_arrays.find_json_arrays(members)
        refusals.refuse_unsupported(members, given, index, bool(tables or arrays))
        doubt = "" if given else "no sample submission was seen"
        facts = Facts(given or Sample(), doubt, table=None, pixels=tables, arrays=arrays)
        facts = _read_pixels(members, facts, tables) if tables else _read_images(members, facts, given, index)
        facts = _read_arrays(members, facts, arrays) if arrays else facts
        if not (index.paths or tables or arrays or members.closed):
            facts = _read_rows(members, facts)
        return replace(facts, left_out=tuple(_list_left_out(members, facts)))


def _read_pixels(members: Members, facts: Facts, tables: PixelTables) -> Facts:
    train, test = (Part(members.sources[path], path, doubt="") for path in (tables.train, tables.test))
    decided = target.decide_by_values(tables.values, tables.label, None if facts.sample_doubt else facts.sample)
    decided = replace(decided, label_columns=(tables.label,))
    return replace(
        facts,
        train=train,
        test=test,
        size=Size(tables.shape, "{}x{} pixels".format(*tables.shape[1::-1]), tables.doubt),
        target=decided,
    )


def _read_arrays(members: Members, facts: Facts, arrays: JsonArrays) -> Facts:
    train, test = (Part(members.sources[path], path, doubt="") for path in (arrays.train, arrays.test))
    seen = "{}x{} numbers in each of {}".format(*arrays.shape[1::-1], ", ".join(arrays.fields))
    return replace(facts, train=train, test=test, size=Size(arrays.shape, seen, ""))


def _read_rows(members: Members, facts: Facts) -> Facts:
    """Of tables without images."""
    if facts.table is None or facts.columns is None:
        refusals.refuse_without_rows(members)
    train, test = (Part(members.sources[path], path, doubt="") for path in (facts.table.path, facts.columns.test))
    return replace(facts, train=train, test=test, alone=True)


def _read_images(members: Members, facts: Facts, given: Sample | None, index: images.Index) -> Facts:
    named = labels.find_test_names(members, given, index) if given and index.paths else None
    test = images.locate(members, index, "test", named.names if named else given.ids if given else ())
    table = labels.find_label_table(members, given, index)
    train = images.locate(members, index, "train", table.ids) if table else images.guess_part(members, index, "train")
    if train.doubt and not table:
        train = images.find_beside(index, test) or train
    size = images.measure(members, train.paths)
    facts = replace(facts, train=train, test=test, size=size, table=table, test_names=named)
    if table:
        decided = target.decide_by_table(table, given)
        group = labels.find_group_column(table, decided.label_columns)
        taken = (*decided.label_columns, group)
        beside = columns.find_columns(members, given, table, index, taken) if given else None
        return replace(facts, target=decided, group=group, columns=beside)
    classes, mark = images.find_class_folders(train), ""
    if not classes:
        mark, classes = images.find_name_classes(train)
    if not classes:
        seen = "no table, folders or names of files with labels were seen"
        return replace(facts, target=target.decide_by_sample(given, seen))
    counts = Counter(dict.fromkeys(classes, 2))
    decided = target.decide_by_classes(counts, given)
    if mark:
        first = os.path.basename(train.paths[0])
        decided = decided.doubt(columns=f"read from names of files such as {first}")
        return replace(facts, mark=mark, target=decided)
    told = labels.find_group_table(members, index, [os.path.basename(path) for path in train.paths])
    return replace(
        facts, class_folders=True, target=decided, group_table=told and told[0], group=told[1] if told else ""
    )


def _list_left_out(members: Members, facts: Facts) -> Iterator[str]:
    used = {facts.sample.path, facts.table.path if facts.table else "", *facts.train.paths, *facts.test.paths}
    used |= {
        told for told in (facts.test_names and facts.test_names.path, facts.columns and facts.columns.test) if told
    }
    used |= {facts.group_table.path} if facts.group_table else set()
    used |= {facts.train.folder, facts.test.folder}  # which are tables of pixels
    if others := [path for path in members.files if path not in used]:
        counted = count_endings(others)
        shown = ", ".join(others[:LISTED]) + (", ..." if len(others) > LISTED else "")
        yield f"{len(others)} file{'s' * (len(others) > 1)} ({counted}): {shown}"
    taken = {*facts.target.label_columns, facts.group, *facts.beside}
    if facts.table and (names := [one for one in facts.table.values if one not in taken]):
        shown = ", ".join(names[: 4 * LISTED]) + (", ..." if len(names) > 4 * LISTED else "")
        yield f"{len(names)} column{'s' * (len(names) > 1)} of {facts.table.path}: {shown}"
    if members.hidden:
        yield f"{members.hidden} hidden files (.DS_Store, __MACOSX)"
    for path, why in members.closed.items():
        yield f"{path}, not looked into: {why}"[:150]


def describe(facts: Facts) -> Iterator[str]:
    """Lines for people: what was seen, and what is left out."""
    for name, part in (("training", facts.train), ("test", facts.test)):
        if part.paths:
            yield f"{name:<10}{len(part.paths)} images in {part.folder or 'no folder'}"
        elif not part.doubt:
            yield f"{name:<10}{part.source}"
    if facts.size.seen:
        yield f"sizes     {facts.size.seen}"
    yield f"labels    {_tell_where(facts) or 'not seen'}"
    if facts.columns:
        yield f"columns   {len(facts.beside)} of {facts.columns.test} and {facts.table.path if facts.table else ''}"
    names = facts.target.columns
    yield f"target    {facts.target.kind}: {', '.join(names[:5])}{f', ... ({len(names)})' if len(names) > 5 else ''}"
    if not facts.sample_doubt:
        yield f"submits   kind {facts.target.form}, {len(facts.sample.ids)} rows as in {facts.sample.path}"
    for line in facts.left_out:
        yield f"left out  {line}"


def _tell_where(facts: Facts) -> str:
    if facts.pixels:
        return f"in {facts.pixels.train}, column {facts.pixels.label}"
    if facts.table:
        columns = facts.target.label_columns
        shown = ", ".join(columns) if len(columns) < 5 else str(len(columns))
        return f"in {facts.table.path}, column{'s' if len(columns) > 1 else ''} {shown}"
    return (
        "a folder for each class"
        if facts.class_folders
        else f"names of files, before {facts.mark!r}"
        if facts.mark
        else ""
    )
