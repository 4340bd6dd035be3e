"""The one module that imports `kaggle`: quiet, with timeouts, and with errors that say what to do.

The client (2.2.4) authenticates while it is imported, prints to stdout, has no timeouts, and prints every request with its
Authorization header if VERBOSE is set. All of that is held off here.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from kit.errors import AccessError, DataError, KaggleError, KitError
from kit.kaggle import credentials

Result = TypeVar("Result")
TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of an answer


@contextmanager
def connected(slug: str) -> Iterator[Any]:
    """An authenticated KaggleApi; what goes wrong inside the block is raised as KitError with its remedy."""
    from requests import RequestException
    from requests.exceptions import HTTPError, JSONDecodeError

    source = credentials.found()
    if source.source is None:
        raise AccessError("no Kaggle token", received="; ".join(source.problems) or None, do=credentials.WHERE_TO_GET)
    with contextlib.redirect_stdout(sys.stderr), _timeouts():
        try:
            yield _authenticated(source.source)
        except HTTPError as error:
            raise _explained(error, slug, source.source) from None
        except JSONDecodeError:
            raise KaggleError("Kaggle's answer cannot be read", expected="JSON", do="repeat in a few minutes") from None
        except RequestException as error:
            raise KaggleError(
                "no connection to Kaggle", received=type(error).__name__, do="check the network, then repeat"
            ) from None


def _authenticated(source: str) -> Any:
    for name in ("VERBOSE", "VERBOSE_OUTPUT"):
        os.environ.pop(name, None)
    try:
        with contextlib.redirect_stdout(None):
            from kaggle.api.kaggle_api_extended import KaggleApi

            api = KaggleApi()
            api.authenticate()
    except (Exception, SystemExit) as error:
        raise AccessError(
            f"Kaggle refused the token from {source}", received=type(error).__name__, do=credentials.WHERE_TO_GET
        ) from None
    return api


@contextmanager
def _timeouts() -> Iterator[None]:
    """A timeout on every request within the block that has none of its own: the client sets none."""
    from requests.adapters import HTTPAdapter

    plain = HTTPAdapter.send

    def send(self: Any, request: Any, stream: Any = False, timeout: Any = None, *rest: Any, **more: Any) -> Any:
        return plain(self, request, stream, timeout or TIMEOUT, *rest, **more)

    HTTPAdapter.send = send  # type: ignore[method-assign]
    try:
        yield
    finally:
        HTTPAdapter.send = plain  # type: ignore[method-assign]


def _explained(error: Any, slug: str, source: str) -> KitError:
    """By status, since Kaggle's body comes in two shapes and often in none."""
    status, said = error.response.status_code, _said(error.response)
    if status == 401:
        return AccessError(
            f"Kaggle does not accept the token from {source}", received=said, do=credentials.WHERE_TO_GET
        )
    if status == 403:
        rules = f"https://www.kaggle.com/competitions/{slug}/rules"
        return AccessError(
            f"Kaggle refuses {slug!r}", received=said, do=f"accept the rules at {rules}, and check the slug for typos"
        )
    if status == 404:
        return DataError(
            f"Kaggle knows no {slug!r}, or no such file in it", received=said, do="check the slug for typos"
        )
    if status == 429:
        wait = error.response.headers.get("Retry-After")
        return KaggleError("too many requests to Kaggle", received=said, do=f"repeat in {wait or 'some'} seconds")
    if status >= 500:
        return KaggleError(f"Kaggle has a fault of its own ({status})", received=said, do="repeat in a few minutes")
    return KaggleError(f"Kaggle refused ({status})", received=said)


def _said(response: Any) -> str | None:
    """Kaggle's own message: {"code", "message"} or {"error": {"code", "message"}} or nothing."""
    try:
        body = response.json()
        return str((body.get("error") or body)["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def retried(call: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Repeats a call that changes nothing at Kaggle after 429 and 5xx, waiting as told or 1, 2, 4 seconds."""
    from requests.exceptions import HTTPError

    for pause in (1.0, 2.0, 4.0):
        try:
            return call(*arguments, **named)
        except HTTPError as error:
            answer: Any = error.response
            if answer.status_code != 429 and answer.status_code < 500:
                raise
            told = answer.headers.get("Retry-After", "")
            time.sleep(min(float(told), 60.0) if told.isdigit() else pause)
    return call(*arguments, **named)
