"""scikit-learn's bundled diabetes table: a number from ten columns, without images. A local competition: no network, no token.

442 patients; the progression of the disease a year later, 25 to 346, from age, sex, body mass index, blood pressure and six
blood values (Efron et al., "Least Angle Regression", 2004). `build` sets 110 of them aside as the test set
(fixed seed) and keeps their progression in solution.csv. Quirk: sex is a code, 1 or 2. Scores: README.md.
"""

import zipfile
from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import column, numbers, table_columns
from kit.targets import Numbers

BLOOD = ("s1", "s2", "s3", "s4", "s5", "s6")
TABLE = Table(numbers=("age", "bmi", "bp", *BLOOD), categories=("sex",))


def build(archive: Path, solution: Path) -> None:
    """Writes the same bytes wherever it runs: stored, not deflated, and dated 1980."""
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import train_test_split

    source = load_diabetes(scaled=False)
    rows = [[number, *values] for number, values in enumerate(source.data.tolist(), 1)]
    train, test, known, asked = train_test_split(rows, source.target.tolist(), test_size=110, random_state=0)
    names, ids = ["id", *source.feature_names], [row[0] for row in test]
    tables = {
        "train.csv": [[*names, "progression"], *([*row, told] for row, told in zip(train, known, strict=True))],
        "test.csv": [names, *test],
        "sample_submission.csv": [["id", "progression"], *([number, 0] for number in ids)],
    }
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for name, lines in tables.items():
            out.writestr(zipfile.ZipInfo(name), csv_text(lines))
    solution.write_text(csv_text([["id", "progression"], *zip(ids, asked, strict=True)]))


def csv_text(rows: Any) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def read(raw: Path, part: str) -> Split:
    file = raw / f"{part}.csv"
    ids = column(file, "id")
    told = numbers(file, ids, "id", ("progression",)) if part == "train" else None
    return Split(ids, labels=told, table=table_columns(file, ids, "id", TABLE))


COMPETITION = Competition(
    slug="sklearn-diabetes",
    title="scikit-learn's diabetes table",
    target=Numbers(("progression",), low=0),
    table=TABLE,
    metric="rmse",
    submission=Submission(id_column="id", target_columns=("progression",), kind="value"),
    archives=Archives(train="train.csv", test="test.csv", sample="sample_submission.csv"),
    read=read,
    # So few rows that none is set aside to decide when to stop, and that a few small trees are enough.
    defaults={"folds": 3, "patience": 0, "trees": 120, "leaves": 4, "leaf_rows": 10, "column_share": 0.5},
    runs=(
        {"recipe": "boosting"},
        {"recipe": "mlp", "epochs": 20, "patience": 0, "width": 32, "dropout": 0.3, "learning_rate": 0.01},
    ),
    build=build,
)
