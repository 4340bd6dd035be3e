"""Which image competitions of mle-bench the kit takes from `kit new` to a checked file: docs/coverage.md is written from here
(write_page.py), and each is taken in test_coverage.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.built_in_archives import ARCHIVES
from tests.coverage import in_folders, in_json, in_tables

COMPETITIONS = 33  # of mle-bench, that tell something of an image: classes, labels, numbers
CELLS = {  # what a target column of the submission holds, by its kind
    "label": r"[\w -]+",
    "labels": r"(\w+( \w+)*)?",
    "probability": r"[01](\.\d*)?(e-\d+)?|\d(\.\d*)?e-\d+",
    "ranking": r"\w+( \w+)+",
    "value": r"\d+(\.\d+)?",
}


@dataclass(frozen=True)
class Form:
    """archive: makes its members. special: what is special about them, for the page. target, submits, metric: what
    competition.py has to declare. row: a training id, and its label as the target writes it. edits: each of a line of
    competition.py, a pattern and the line or lines that a person who read the competition's page puts in its place. unsure:
    what of the form is not certain. also: what of groups and columns of a table the folder reads.
    """

    archive: Callable[[], in_tables.Members]
    special: str
    target: str
    submits: str
    metric: str
    row: tuple[str, str]
    edits: tuple[tuple[str, str], ...] = ()
    unsure: str = ""
    also: tuple[str, ...] = ()

    @property
    def edited(self) -> int:
        """How many lines the edits write."""
        return sum(bool(line.strip()) for _, text in self.edits for line in text.splitlines())


def _metric(name: str) -> tuple[str, str]:
    return 'metric=".*"', f'metric="{name}"'


FIRST, SECOND = in_tables.TRAIN[:2]
FORMS = {
    "aerial-cactus-identification": Form(
        ARCHIVES["aerial-cactus-identification"],
        *(
            "archives inside, ids with `.jpg`",
            "classes",
            "probability",
            "auc",
            (f"a{0:031}.jpg", "0"),
            (_metric("auc"),),
        ),
    ),
    "alaska2-image-steganalysis": Form(
        in_folders.hidden_messages,
        "a folder for each way of hiding, with the same names, beside that of the test",
        *("classes", "probability", "weighted_auc", ("JMiPOD/00001", "hidden"), in_folders.HIDDEN),
        also=("groups",),
        unsure="what the sample writes",
    ),
    "aptos2019-blindness-detection": Form(
        ARCHIVES["aptos2019-blindness-detection"],
        *("grades in a table", "grades", "label", "quadratic_kappa", (f"a{3:011}", "3")),
    ),
    "cassava-leaf-disease-classification": Form(
        in_tables.cassava,
        *("TFRecords and JSON beside", "classes", "label", "accuracy", (f"{SECOND}.jpg", "1")),
    ),
    "dog-breed-identification": Form(
        in_tables.breeds, "a target column for each class", "classes", "probability", "log_loss", (SECOND, "dingo")
    ),
    "dogs-vs-cats-redux-kernels-edition": Form(
        ARCHIVES["dogs-vs-cats-redux-kernels-edition"],
        *("classes in the names of files", "classes", "probability", "log_loss", ("dog.1", "dog")),
    ),
    "histopathologic-cancer-detection": Form(
        in_tables.tissue, "TIFF", "classes", "probability", "auc", (in_tables.TRAIN[2], "1")
    ),
    "hotel-id-2021-fgvc8": Form(
        in_tables.hotels,
        *("a folder for each chain, hotels in a table", "classes", "ranking", "map@5", (f"{SECOND}.jpg", "18807")),
    ),
    "imet-2020-fgvc7": Form(
        in_tables.artworks,
        *("numbered tags in one column", "labels", "labels", "micro_f1", (SECOND, "704"), (_metric("micro_f1"),)),
    ),
    "invasive-species-monitoring": Form(
        in_tables.hydrangeas,
        *(
            "7z, zipped tables, ids from 1 in both parts",
            "classes",
            "probability",
            "auc",
            ("2", "1"),
            (_metric("auc"),),
        ),
    ),
    "iwildcam-2019-fgvc6": Form(
        in_tables.camera_traps,
        "a table of many columns for each part",
        *("classes", "label", "macro_f1", (SECOND, "19"), (_metric("macro_f1"),)),
        also=("groups", "columns"),
    ),
    "leaf-classification": Form(
        in_tables.margins,
        "measures beside grey images, one folder for both parts",
        *("classes", "probability", "log_loss", ("1", "Pterocarya_Stenoptera")),
        also=("columns",),
    ),
    "paddy-disease-classification": Form(
        in_folders.paddies,
        *("folders and a table, a sample without labels", "classes", "label", "accuracy", ("100331.jpg", "tungro")),
    ),
    "petfinder-pawpularity-score": Form(
        in_tables.pets,
        *("columns beside images", "numbers", "value", "rmse", (SECOND, "42"), (("high=[0-9]+", "high=100"),)),
        also=("columns",),
    ),
    "plant-pathology-2020-fgvc7": Form(
        ARCHIVES["plant-pathology-2020-fgvc7"],
        "columns of 0 and 1, one folder for both parts",
        *("classes", "probability", "auc", ("Train_2", "rust"), (_metric("auc"),)),
    ),
    "plant-pathology-2021-fgvc8": Form(
        in_tables.apples,
        "tags in one column",
        *("labels", "labels", "row_f1", (f"{SECOND}.jpg", "complex|frog_eye_leaf_spot|scab")),
    ),
    "plant-seedlings-classification": Form(
        in_folders.seedlings,
        "a folder for each class",
        *("classes", "label", "micro_f1", (f"Fat Hen/{1:09x}", "Fat Hen"), (_metric("micro_f1"),)),
    ),
    "ranzcr-clip-catheter-line-classification": Form(
        in_tables.catheters,
        "columns of 0 and 1, several images of a patient",
        *("labels", "probability", "auc", (SECOND, "ETT - Normal|NGT - Normal")),
        also=("groups",),
    ),
    "seti-breakthrough-listen": Form(
        in_tables.signals,
        *("six channels in `.npy`", "classes", "probability", "auc", (SECOND, "1"), (_metric("auc"),)),
    ),
    "siim-isic-melanoma-classification": Form(
        in_tables.melanomas,
        "several images of a patient, columns beside; DICOM left out",
        *("classes", "probability", "auc", (in_tables.TRAIN[5], "1")),
        also=("groups", "columns"),
    ),
    "whale-categorization-playground": Form(
        in_tables.flukes, "classes in a table", "classes", "ranking", "map@5", (f"{FIRST}.jpg", "new_whale")
    ),
    "herbarium-2020-fgvc7": Form(
        partial(in_json.herbarium_sheets, "nybg2020/"),
        "COCO's JSON in the folder of each part, numbered folders",
        *("classes", "label", "macro_f1", ("437001", "156"), (_metric("macro_f1"),)),
    ),
    "herbarium-2021-fgvc8": Form(
        partial(in_json.herbarium_sheets, ""),
        "COCO's JSON in the folder of each part, numbered folders",
        *("classes", "label", "macro_f1", ("437001", "156"), (_metric("macro_f1"),)),
    ),
    "herbarium-2022-fgvc9": Form(
        in_json.herbarium_2022,
        "COCO's JSON, a JSON list that tells the images of the test",
        *("classes", "label", "macro_f1", ("00156__001", "156"), (_metric("macro_f1"),)),
    ),
    "inaturalist-2019-fgvc6": Form(
        in_json.naturalists,
        "COCO's JSON for each part, `.tar.gz`",
        *("classes", "ranking", "map@1", ("train_val2019/Plants/0/000000000000.jpg", "15"), (_metric("map@1"),)),
        unsure="names of the archives inside, and what the sample ranks",
    ),
    "iwildcam-2020-fgvc7": Form(
        in_json.wild_animals,
        *("COCO's JSON, that of a detector beside", "classes", "label", "accuracy", (SECOND, "156")),
        also=("groups",),
    ),
    "statoil-iceberg-classifier-challenge": Form(
        in_json.icebergs,
        "two channels as numbers in JSON, in 7z; the angle left out",
        *("classes", "probability", "log_loss", ("00000001", "1")),
        unsure="the folders in the 7z files",
    ),
}

MISSING = {
    "cdiscount-image-classification-challenge": "images in BSON, several for a product",
    "hms-harmful-brain-activity-classification": "spectrograms in parquet",
    "osic-pulmonary-fibrosis-progression": "volumes of DICOM, quantiles of a number over time",
    "rsna-2022-cervical-spine-fracture-detection": "volumes of DICOM",
    "rsna-breast-cancer-detection": "DICOM, several images for a row of the submission: both are read, no test takes both",
    "rsna-miccai-brain-tumor-radiogenomic-classification": "volumes of DICOM",
}
