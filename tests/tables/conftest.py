"""A small competition without images, of each kind of target, as Kaggle would serve it."""

import numpy as np
import pytest

from kit.plugins import load
from tests.small_archives import zipped

PLUGIN = """
from kit.competition import Archives, Competition, Submission, Split, Table
from kit.data.readers import column, labels, numbers, tags, table_columns
from kit.targets import Classes, Labels, Numbers

TABLE = Table(numbers=("area", "age"), categories=("town",))


def read(raw, part):
    path = raw / f"{{part}}.csv"
    ids = column(path, "id")
    told = {read}(path, ids, "id", {columns}) if part == "train" else None
    return Split(ids, labels=told, table=table_columns(path, ids, "id", TABLE))


COMPETITION = Competition(
    slug="houses", title="Houses", target={target}, metric="{metric}", table=TABLE,
    submission=Submission("id", {submission}), archives=Archives("train.csv", "test.csv", "sample.csv"), read=read,
    defaults={{"folds": 3, "trees": 20, "learning_rate": 0.2, "patience": 0}},
    runs=({{"recipe": "boosting"}}, {{"recipe": "boosting", "leaves": 4}}),
)
"""
KINDS = {  # reader, its columns, target, metric, submission
    "price": ("numbers", '("price",)', 'Numbers(("price",), low=0)', "rmse", '("price",), "value"'),
    "quarter": ("labels", '"quarter"', 'Classes(("north", "south", "west"))', "accuracy", '("quarter",)'),
    "signs": ("tags", '"signs"', 'Labels(("old", "large"))', "row_f1", '("signs",), "labels"'),
}
TOWNS = ["ur", "uruk", "kish", "lagash", ""]


def rows_of(count: int, seed: int, *, told: bool) -> str:
    """A CSV table: what is asked for follows from the columns, some of them missing."""
    draw = np.random.default_rng(seed)
    lines = ["id,area,age,town" + (",price,quarter,signs" if told else "")]
    for row in range(count):
        area, age, town = (int(draw.integers(low, high)) for low, high in ((20, 200), (0, 90), (0, 5)))
        seen = f"{seed}-{row},{area},{'' if row % 9 == 0 else age},{TOWNS[town]}"
        signs = " ".join(["old"] * (age > 45) + ["large"] * (area > 100))
        quarter = ("north", "south", "west")[town % 3]
        lines.append(seen + (f",{1000 * area + 20000 * town + 100 * age},{quarter},{signs}" if told else ""))
    return "\n".join(lines) + "\n"


@pytest.fixture
def houses(request, tmp_path, here):
    """The competition, prepared: by default the price; indirect parameters name another of KINDS."""
    folder = tmp_path / "plugins" / "houses"
    folder.mkdir(parents=True, exist_ok=True)
    kind = getattr(request, "param", "price")
    fields = dict(zip(("read", "columns", "target", "metric", "submission"), KINDS[kind], strict=True))
    (folder / "competition.py").write_text(PLUGIN.format(**fields))
    test = rows_of(60, 2, told=False)
    ids = [line.partition(",")[0] for line in test.splitlines()[1:]]
    sample = f"id,{kind}\n" + "".join(f"{name},0\n" for name in ids)
    archive = tmp_path / "houses.zip"
    archive.write_bytes(zipped({"train.csv": rows_of(150, 1, told=True), "test.csv": test, "sample.csv": sample}))
    here("download", "houses", "--from", str(archive))
    here("prepare", "houses")
    return load("houses", [folder.parent])
