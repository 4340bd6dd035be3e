"""Archives of competitions whose labels stand in JSON, as Kaggle serves them, of a few images."""

import json
from collections.abc import Mapping
from typing import Any

from tests.coverage.in_tables import TEST, TRAIN, Members, asked
from tests.small_archives import images, packed7, table, tarred

KINDS = (15, 156, 6042)  # ids of categories, with gaps between them


def _annotated(files: Mapping[str, Any], **more: Any) -> str:
    """Images, annotations and categories as COCO's, of files by the id of the image."""
    categories = [{"id": kind, "name": f"Genus species{kind}", "family": "Poaceae"} for kind in KINDS]
    annotations = [
        {"id": 7000 + n, "image_id": image, "category_id": KINDS[n % 3], "region_id": 1}
        for n, image in enumerate(files)
    ]
    return json.dumps(
        {"info": {"year": 2020}, **_images(files), "annotations": annotations, "categories": categories, **more}
    )


def _images(files: Mapping[Any, str]) -> dict[str, Any]:
    return {"images": [{"id": n, "file_name": name, "license": 1, "width": 682} for n, name in files.items()]}


def herbarium_sheets(around: str) -> Members:
    """Numbered folders, ids of the test that the test's names of files tell."""
    train = {437000 + n: f"images/{n % 3:03}/{n:02}/{437000 + n}.jpg" for n in range(24)}
    test = {n: f"images/000/{n}.jpg" for n in range(6)}
    return {
        **images(f"{around}train/{name}" for name in train.values()),
        **images((f"{around}test/{name}" for name in test.values()), first=900),
        f"{around}train/metadata.json": _annotated(train, licenses=[], regions=[{"id": 1, "name": "North America"}]),
        f"{around}test/metadata.json": json.dumps(_images(test)),
        "sample_submission.csv": table("Id,Predicted", (f"{n},0" for n in test)),
    }


def herbarium_2022() -> Members:
    """A list of records for the test, whose names of files are other than the ids."""
    train = [
        {
            "image_id": f"{kind:05}__{n:03}",
            "file_name": f"{kind // 100:03}/{kind % 100:02}/{kind:05}__{n:03}.jpg",
            "license": 0,
        }
        for kind in KINDS
        for n in range(1, 9)
    ]
    test = [{"image_id": str(n), "file_name": f"000/test-{n:06}.jpg", "license": 0} for n in range(6)]
    annotations = [
        {"genus_id": 1, "institution_id": 3, "category_id": int(one["image_id"][:5]), "image_id": one["image_id"]}
        for one in train
    ]
    categories = [{"category_id": kind, "scientificName": f"Abies {kind}", "family": "Pinaceae"} for kind in KINDS]
    metadata = {"annotations": annotations, "images": train, "categories": categories, "genera": [], "distances": []}
    return {
        **images(f"train_images/{one['file_name']}" for one in train),
        **images((f"test_images/{one['file_name']}" for one in test), first=900),
        "train_metadata.json": json.dumps(metadata),
        "test_metadata.json": json.dumps(test),
        "sample_submission.csv": table("Id,Predicted", (f"{n},42" for n in range(6))),
    }


def naturalists() -> Members:
    """Ids of the test stand in a JSON file alone; images in .tar.gz."""
    train = {n: f"train_val2019/Plants/{n % 3}/{name}.jpg" for n, name in enumerate(TRAIN)}
    test = {268243 + n: f"test2019/{name}.jpg" for n, name in enumerate(TEST)}
    first, last = ({n: name for n, name in train.items() if (n > 20) is late} for late in (False, True))
    return {
        "train_val2019.tar.gz": tarred(images(train.values()), "w:gz"),
        "test2019.tar.gz": tarred(images(test.values(), first=900), "w:gz"),
        "train2019.json": _annotated(first),
        "val2019.json": _annotated(last),
        "test2019.json": json.dumps(_images(test)),
        "kaggle_sample_submission.csv": table("id,predicted", (f"{n},15 156 6042" for n in test)),
    }


def wild_animals() -> Members:
    """Cameras at several locations; what a detector saw lies beside the annotations."""
    train = json.loads(_annotated({name: f"{name}.jpg" for name in TRAIN}))
    train["images"] = [{**image, "location": n % 4} for n, image in enumerate(train["images"])]
    seen = {"images": [{"id": TRAIN[0], "detections": [{"category": "1", "bbox": [0.6, 0.2, 0.1, 0.3], "conf": 0.9}]}]}
    return {
        **images(f"train/{name}.jpg" for name in TRAIN),
        **images((f"test/{name}.jpg" for name in TEST), first=900),
        "iwildcam2020_train_annotations.json": json.dumps(train),
        "iwildcam2020_test_information.json": json.dumps(
            _images({name: f"{name}.jpg" for name in TEST}) | {"categories": []}
        ),
        "iwildcam2020_megadetector_results.json": json.dumps(seen | {"detection_categories": {"1": "animal"}}),
        "sample_submission.csv": asked("Id,Category", "{},156"),
    }


def icebergs() -> Members:
    """Two channels as lists of numbers, and an angle that some records lack."""

    def record(n: int) -> dict[str, Any]:
        bands = {
            f"band_{band}": [round(-30 + (7 * n + place) % 13 / band, 6) for place in range(64)] for band in (1, 2)
        }
        return {"id": f"{n:08x}", **bands, "inc_angle": "na" if n % 5 == 0 else 43.9239}

    train = [record(n) | {"is_iceberg": n % 2} for n in range(24)]
    files = {"train": json.dumps(train), "test": json.dumps([record(900 + n) for n in range(6)])}
    asked = table("id,is_iceberg", (f"{900 + n:08x},0.5" for n in range(6)))
    packed = {
        f"{part}.json.7z": packed7({f"data/processed/{part}.json": text.encode()}) for part, text in files.items()
    }
    return {**packed, "sample_submission.csv.7z": packed7({"sample_submission.csv": asked})}
