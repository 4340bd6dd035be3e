"""A private dataset at Kaggle, which carries a bundle or the runs of a team: created, or a new version of it, and ready before
`publish` returns; its files listed and fetched.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kit.errors import AccessError, KaggleError
from kit.files import CHUNK
from kit.json_files import read_json
from kit.kaggle.client import ask, connect, pause, retry
from kit.progress import bar, say

METADATA = "dataset-metadata.json"


def publish(folder: Path, notes: str, *, timeout_s: float, poll_s: float) -> str:
    """Uploads the files of `folder`, and returns owner/slug once Kaggle holds every one of them.

    Raises KaggleError if Kaggle refuses, is not ready after `timeout_s` seconds, or has lost a file: the client drops
    a file whose upload failed without a word.
    """
    name = str(read_json(folder / METADATA)["id"])
    with connect(name, own=True) as api:
        version = _version(api, name)
        if version is None:
            answer = api.dataset_create_new(str(folder), public=False, quiet=True, convert_to_csv=False)
        else:
            answer = api.dataset_create_version(str(folder), notes, quiet=True, convert_to_csv=False)
        if answer is None or answer.error or str(answer.status).lower() == "error":
            raise KaggleError(
                f"Kaggle did not take the dataset {name}", received=answer and (answer.error or answer.status)
            )
    _wait(name, version or 0, timeout_s, poll_s)
    with connect(name, own=True) as api:
        _check(api, name, folder)
    return name


def _version(api: Any, name: str) -> int | None:
    """The version that Kaggle serves now; None if there is no such dataset."""
    status_record = _status(api, name)
    return int(status_record["current_version_number"] or 1) if status_record else None


def _status(api: Any, name: str) -> dict[str, Any] | None:
    """None if Kaggle knows no such dataset: also for a moment after it was made."""
    from requests.exceptions import HTTPError

    try:
        return dict(json.loads(retry(api.dataset_status, name, format="json")))
    except HTTPError as error:
        if error.response is not None and error.response.status_code in (403, 404):
            return None
        raise


def _wait(name: str, before: int, timeout_s: float, poll_s: float) -> None:
    """Until a version after `before` is ready: of a new version, "ready" may still be said of the old one."""
    end = time.monotonic() + timeout_s
    while True:
        unknown: dict[str, Any] = {"status": "not there yet", "current_version_number": 0}
        status_record = ask(name, _status, name, own=True) or unknown
        status = str(status_record["status"]).lower()
        if status == "ready" and int(status_record["current_version_number"] or 0) > before:
            return
        if status in ("failed", "deleted"):
            raise KaggleError(f"Kaggle could not make the dataset {name}", received=status)
        if time.monotonic() > end:
            raise KaggleError(
                f"the dataset {name} is not ready after {timeout_s:g} s", received=status, do="repeat the push"
            )
        say(f"dataset {name} is {status.replace('_', ' ')}")
        poll_s = pause(poll_s, end)


def _check(api: Any, name: str, folder: Path) -> None:
    """Raises KaggleError unless Kaggle lists every file with its size."""
    here = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != METADATA}
    there = _list_files(api, name)
    wrong = sorted(file for file, size in here.items() if there.get(file) != size)
    if wrong:
        raise KaggleError(
            f"the dataset {name} lacks {len(wrong)} of its {len(here)} files, such as {wrong[0]}",
            received=f"{there.get(wrong[0], 'no')} bytes",
            expected=here[wrong[0]],
            do="repeat the push",
        )


def _list_files(api: Any, name: str) -> dict[str, int]:
    there: dict[str, int] = {}
    token = ""
    while True:
        page = retry(api.dataset_list_files, name, page_token=token, page_size=200)
        if page.error_message:
            raise KaggleError(f"Kaggle does not list the files of {name}", received=page.error_message)
        there |= {file.name: int(file.total_bytes) for file in page.files}
        token = page.next_page_token
        if not token:
            return there


def files(name: str) -> dict[str, int]:
    """The bytes of each file of the dataset owner/slug, as Kaggle lists them; none if there is no such dataset.

    Raises AccessError for one that is public: what a team shares there, everybody could read.
    """
    from kagglesdk.datasets.types.dataset_api_service import ApiGetDatasetRequest

    with connect(name, own=True) as api:
        if _version(api, name) is None:
            return {}
        request = ApiGetDatasetRequest()
        request.owner_slug, _, request.dataset_slug = name.partition("/")
        with api.build_kaggle_client() as client:
            if not retry(client.datasets.dataset_api_client.get_dataset, request).is_private:
                raise AccessError(f"the dataset {name} is public", do="make it private at Kaggle, or name another")
        return _list_files(api, name)


def fetch(name: str, wanted: Mapping[str, Path], sizes: Mapping[str, int]) -> None:
    """Downloads files of the dataset owner/slug, each to its path. Raises KaggleError for one of another size than `sizes`."""
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest

    with connect(name, own=True) as api, api.build_kaggle_client() as client:
        for file, path in bar(wanted.items(), label=f"files of {name}", unit="file"):
            request = ApiDownloadDatasetRequest()
            request.owner_slug, _, request.dataset_slug = name.partition("/")
            request.file_name, request.raw = file, True  # as it was uploaded, not zipped
            with (
                retry(client.datasets.dataset_api_client.download_dataset, request) as answer,
                open(path, "wb") as out,
            ):
                for piece in answer.iter_content(CHUNK):
                    out.write(piece)
            if path.stat().st_size != sizes[file]:
                raise KaggleError(
                    f"{file} of {name} arrived with {path.stat().st_size} bytes", expected=sizes[file], do="repeat"
                )
