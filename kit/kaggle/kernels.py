"""Kernels at Kaggle: push one, ask how it goes, fetch what it wrote, submit it. Faults named in passing are errors here."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.errors import KaggleError
from kit.files import CHUNK
from kit.kaggle.client import ask, connect, pause, retry
from kit.kaggle.send_once import LostAnswer, send_once
from kit.kaggle.submissions import look_in_list
from kit.progress import bar, say

ENDED = ("complete", "error", "cancel_acknowledged")


@dataclass(frozen=True)
class Pushed:
    """name: owner/slug. version: counts from 1; every push runs the kernel."""

    name: str
    version: int
    url: str


def push(folder: Path, name: str) -> Pushed:
    """Sends the kernel and starts it. Never repeated by itself: each push spends accelerator time.

    Raises KaggleError for Kaggle's own error, and for a source that it left out of the kernel, which it would only mention.
    """
    do = f"it may have counted: see https://www.kaggle.com/code/{name} before you push again"
    with connect(name, own=True) as api, send_once(f"the push of {name}", "SaveKernel", do):
        answer = api.kernels_push(str(folder))
    if answer.error:
        raise KaggleError(f"Kaggle did not take the kernel {name}", received=answer.error)
    for what in ("dataset", "competition", "kernel", "model"):
        if left_out := getattr(answer, f"invalid_{what}_sources"):
            raise KaggleError(
                f"Kaggle runs {name} without its {what} {', '.join(left_out)}",
                do="check that it exists, is yours to use and its rules are accepted; then push again",
            )
    landed = answer.ref.strip("/").removeprefix("code/")
    if not answer.version_number or landed.lower() != name.lower():
        raise KaggleError(
            "Kaggle made another kernel than the one asked for", received=f"{landed} {answer.url}", expected=name
        )
    return Pushed(name, int(answer.version_number), answer.url)


def status(name: str, version: int) -> tuple[str, str]:
    """(queued, running, complete, error or cancel_..., Kaggle's reason) of that version; the client asks for the latest one."""
    with connect(name, own=True) as api:
        return retry(_status, api, name, version)


def wait(name: str, version: int, *, timeout_s: float, poll_s: float) -> None:
    """Returns when the version has run to its end. Raises KaggleError if it failed, or after `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while (state := ask(name, _status, name, version, own=True)) is None or state[0] not in ENDED:
        now = state[0] if state else "out of reach"
        if time.monotonic() > end:
            raise KaggleError(f"{name} version {version} is {now} after {timeout_s:g} s", do="wait longer")
        say(f"{name} version {version} is {now}")
        poll_s = pause(poll_s, end)
    if state[0] != "complete":
        raise KaggleError(f"{name} version {version} ended with {state[0]}", received=state[1] or None)


def _status(api: Any, name: str, version: int) -> tuple[str, str]:
    from kagglesdk.kernels.types.kernels_api_service import ApiGetKernelSessionStatusRequest

    request = ApiGetKernelSessionStatusRequest()
    request.user_name, _, request.kernel_slug = name.partition("/")
    request.version_label = f"v{version}"
    with api.build_kaggle_client() as client:
        session = client.kernels.kernels_api_client.get_kernel_session_status(request)
    return session.status.name.lower(), session.failure_message or ""


def fetch(name: str, version: int, into: Path) -> list[Path]:
    """Downloads what that version wrote, and its log as kernel.log, into the empty folder `into`.

    The client would save an error page under the name of the file; here a refusal raises KaggleError.
    """
    import requests

    with connect(name, own=True) as api:
        listed, log = _list_output(api, name, version)
        (into / "kernel.log").write_text(log)
        for file in bar(listed, label=f"output of {name}", unit="file"):
            target = into / Path(file.file_name).name
            with requests.get(file.url, stream=True, timeout=60) as answer, open(target, "wb") as out:
                answer.raise_for_status()
                for piece in answer.iter_content(CHUNK):
                    out.write(piece)
    return sorted(into.iterdir())


def _list_output(api: Any, name: str, version: int) -> tuple[list[Any], str]:
    from kagglesdk.kernels.types.kernels_api_service import ApiListKernelSessionOutputRequest

    files: list[Any] = []
    request = ApiListKernelSessionOutputRequest()
    request.user_name, _, request.kernel_slug = name.partition("/")
    request.version_label = f"v{version}"
    with api.build_kaggle_client() as client:
        while True:
            page = retry(client.kernels.kernels_api_client.list_kernel_session_output, request)
            files += page.files or []
            if not page.next_page_token:
                return files, page.log or ""
            request.page_token = page.next_page_token


def submit(slug: str, name: str, version: int, message: str, check: Callable[[], None] = lambda: None) -> int:
    """Submits a version's submission.csv to a code competition, and returns Kaggle's reference. Raises as submissions.send."""
    what = f"the submission of {name} version {version}"
    with connect(slug) as api, send_once(what, "CreateCodeSubmission", look_in_list(slug), check):
        answer = api.competition_submit_code("submission.csv", message, slug, name, version, quiet=True)
        reference = int(answer.ref or 0)
    if not reference:
        raise LostAnswer(f"Kaggle gave no reference to {what}", received=answer.message, do=look_in_list(slug))
    return reference


def owner() -> str:
    """The user whose token is used."""
    with connect("a user name") as api:
        return str(api.get_config_value("username"))
