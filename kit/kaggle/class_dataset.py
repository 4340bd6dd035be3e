"""A dataset at Kaggle with a folder of images for each class, as a competition that is scored here."""

import re
import shutil
from pathlib import Path

from kit.data.split_classes import split_classes
from kit.kaggle.archive import check_members
from kit.kaggle.client import connect, retry
from kit.kaggle.staging import fetch_whole, stop_where_disk_is_full

DATASET = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9-]+")  # owner/name


def build_from_dataset(name: str, archive: Path, solution: Path) -> None:
    """Downloads the dataset owner/name with Kaggle's client, and writes archive and solution as kit.data.split_classes does.
    An interrupted download goes on where it stopped.

    Raises AccessError without a token, DataError for no such dataset or one without classes, KaggleError if the network fails.
    """
    staging = archive.parent.with_name("dataset.partial")

    def fetch() -> Path:
        with connect(name) as api, stop_where_disk_is_full():
            retry(api.dataset_download_files, name, path=str(staging), quiet=False)
        return staging / f"{name.rpartition('/')[2]}.zip"

    packed = fetch_whole(fetch, staging, check_members)
    try:
        split_classes(packed, archive, solution)
    finally:
        shutil.rmtree(staging)
