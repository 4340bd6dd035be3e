"""scikit-learn's bundled handwritten digits: 8x8 grey, values 0 to 16. A local competition: no network, no token.

1,797 images, 10 classes of about equal size, accuracy. `build` sets 597 of them aside as the test set (stratified, fixed
seed) and keeps their labels in solution.csv. Quirks: as digit-recognizer, ids are row numbers from 1, and a digit is never
flipped; pixels are stored times 15, so that they span 0 to 240. Scores: README.md.
"""

import zipfile
from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import pixel_csv
from kit.targets import Classes

SHIFTS = ("identity", "shift_up", "shift_down", "shift_left", "shift_right")
SHAPE = (8, 8, 1)


def build(archive: Path, solution: Path) -> None:
    """Writes the same bytes wherever it runs: stored, not deflated, and dated 1980."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, labels = load_digits(return_X_y=True)
    train, test, train_labels, test_labels = train_test_split(
        pixels, labels, test_size=597, stratify=labels, random_state=0
    )
    names = [f"pixel{place}" for place in range(64)]
    numbers = range(1, len(test) + 1)
    tables = {
        "train.csv": [
            ["label", *names],
            *([label, *row] for label, row in zip(train_labels, scaled(train), strict=True)),
        ],
        "test.csv": [names, *scaled(test)],
        "sample_submission.csv": [["ImageId", "Label"], *([number, 0] for number in numbers)],
    }
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for name, rows in tables.items():
            out.writestr(zipfile.ZipInfo(name), csv_text(rows))
    solution.write_text(csv_text([["ImageId", "Label"], *zip(numbers, test_labels, strict=True)]))


def scaled(pixels: Any) -> list[list[int]]:
    return (pixels * 15).astype(int).tolist()


def csv_text(rows: Any) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def read(raw: Path, part: str) -> Split:
    images, labels = pixel_csv(raw / f"{part}.csv", SHAPE, label_column="label" if part == "train" else None)
    return Split(images.ids, images, labels)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.Affine(rotate=(-10, 10), scale=(0.9, 1.1), translate_px=(-1, 1), p=1.0)])


COMPETITION = Competition(
    slug="sklearn-digits",
    title="scikit-learn's handwritten digits",
    target=Classes(tuple("0123456789")),
    image_shape=SHAPE,
    metric="accuracy",
    submission=Submission(id_column="ImageId", target_columns=("Label",)),
    archives=Archives(train="train.csv", test="test.csv", sample="sample_submission.csv"),
    read=read,
    augment=augment,
    tta=(*SHIFTS, "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    # So few images that processes would cost more than they save; the schedule ends well, so nothing is set aside to stop it.
    defaults={"folds": 3, "width": 16, "epochs": 15, "batch_size": 32, "workers": 0, "patience": 0, "tta": SHIFTS},
    runs=({"backbone": "cnn"}, {"backbone": "resnet9"}),
    build=build,
)
