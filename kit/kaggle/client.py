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
from kit.kaggle.credentials import Credentials
from kit.progress import say
from kit.signals import Terminated

Result = TypeVar("Result")
TIMEOUT_S = (10, 60)  # seconds to connect, and between two pieces of an answer
PAUSES_S = (1.0, 2.0, 4.0)  # seconds before an idempotent call is repeated
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)  # the client trusts the form of every answer
MAX_WAIT_S = 60.0  # seconds that Kaggle may ask us to wait before we would rather tell the user


class NoAnswer(KaggleError):
    """Kaggle cannot answer now: no connection, too many requests, a fault of its own, or a page where JSON is due."""


@contextmanager
def connect(slug: str, *, own: bool = False) -> Iterator[Any]:
    """An authenticated KaggleApi; what goes wrong inside the block is raised as KitError with its remedy.

    slug: of a competition, or owner/slug of a dataset or, if `own`, of a kernel or dataset of ours.
    """
    token = credentials.find()
    if token.exposed:
        raise AccessError("a Kaggle token that others can read is not used", do="; ".join(token.problems))
    if token.source is None:
        raise AccessError("no Kaggle token", received="; ".join(token.problems) or None, do=credentials.WHERE_TO_GET)
    with contextlib.redirect_stdout(sys.stderr), _timeouts(), _explain_errors(slug, token, own):
        yield _authenticate(token)


@contextmanager
def _explain_errors(slug: str, token: Credentials, own: bool) -> Iterator[None]:
    from requests import RequestException
    from requests.exceptions import HTTPError, JSONDecodeError

    try:
        yield
    except HTTPError as error:
        raise _explain_response(error.response, slug, token, own) from None
    except JSONDecodeError:
        raise NoAnswer("Kaggle's answer cannot be read", expected="JSON", do="repeat in a few minutes") from None
    except RequestException as error:
        raise NoAnswer(
            "no connection to Kaggle", received=type(error).__name__, do="check the network, then repeat"
        ) from None
    except MALFORMED as error:
        raise NoAnswer(
            "Kaggle's answer cannot be read", received=type(error).__name__, do="repeat in a few minutes"
        ) from error


def _authenticate(token: Credentials) -> Any:
    from requests import RequestException

    for name in ("VERBOSE", "VERBOSE_OUTPUT"):
        os.environ.pop(name, None)
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY"):
        if os.environ.get(name) == "":  # as compose files leave them: the client would take it for the key
            del os.environ[name]
    try:
        with contextlib.redirect_stdout(None):
            from kaggle.api.kaggle_api_extended import KaggleApi

            api = KaggleApi()
            api.authenticate()
    except (RequestException, Terminated):
        raise
    except (Exception, SystemExit) as error:  # the client exits where it finds no token
        raise AccessError(
            f"Kaggle's client cannot use the token from {token.source}",
            received=type(error).__name__,
            do=_remedy(token),
        ) from None
    return api


def _remedy(token: Credentials) -> str:
    return "; ".join((*token.problems, credentials.WHERE_TO_GET))


@contextmanager
def _timeouts() -> Iterator[None]:
    """A timeout on every request within the block that has none of its own: the client sets none."""
    from requests.adapters import HTTPAdapter

    plain = HTTPAdapter.send

    def send(self: Any, request: Any, stream: Any = False, timeout: Any = None, *rest: Any, **more: Any) -> Any:
        return plain(self, request, stream, timeout or TIMEOUT_S, *rest, **more)

    HTTPAdapter.send = send  # type: ignore[method-assign]
    try:
        yield
    finally:
        HTTPAdapter.send = plain  # type: ignore[method-assign]


def _explain_response(response: Any, slug: str, token: Credentials, own: bool) -> KitError:
    """By status, since Kaggle's body comes in two shapes and often in none."""
    status, message = response.status_code, _read_message(response)
    if status == 401:
        return AccessError(f"Kaggle does not accept the token from {token.source}", received=message, do=_remedy(token))
    if status == 429:
        wait = response.headers.get("Retry-After")
        return NoAnswer("too many requests to Kaggle", received=message, do=f"repeat in {wait or 'some'} seconds")
    if status >= 500:
        return NoAnswer(f"Kaggle has a fault of its own ({status})", received=message, do="repeat in a few minutes")
    if response.history:  # redirected to a storage, where a refusal means that the signed address has run out
        return KaggleError(f"Kaggle's storage refused ({status})", do="repeat the command")
    if own and status in (403, 404):
        return AccessError(
            f"Kaggle knows no {slug!r} of yours",
            received=message,
            do="check its owner and name, and that it was pushed",
        )
    if "/" in slug and status in (403, 404):
        return DataError(
            f"Kaggle knows no dataset {slug!r} that you may see", received=message, do="check its owner and name"
        )
    if status == 403:
        rules = f"https://www.kaggle.com/competitions/{slug}/rules"
        return AccessError(
            f"Kaggle refuses {slug!r}",
            received=message,
            do=f"accept the rules at {rules}, and check the slug for typos",
        )
    if status == 404:
        return DataError(
            f"Kaggle knows no {slug!r}, or no such file in it", received=message, do="check the slug for typos"
        )
    return KaggleError(f"Kaggle refused ({status})", received=message)


def _read_message(response: Any) -> str | None:
    """Kaggle's own message: {"code", "message"} or {"error": {"code", "message"}} or a line of text or nothing."""
    try:
        body = response.json()
        return str((body.get("error") or body)["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        plain = response.headers.get("Content-Type", "").startswith("text/plain")
        return str(response.text)[:300] or None if plain else None


def pause(seconds: float, end: float) -> float:
    """Sleeps, but not past `end` (of time.monotonic). Returns the next pause: half as long again, up to a minute."""
    time.sleep(max(0.0, min(seconds, end - time.monotonic())))
    return min(seconds * 1.5, max(seconds, MAX_WAIT_S))


def ask(slug: str, call: Callable[..., Result], *arguments: Any, own: bool = False) -> Result | None:
    """call(api, *arguments), connected as by `connect`; None, and why on stderr, where Kaggle cannot answer now.

    For long waits: what is waited for goes on meanwhile.
    """
    try:
        with connect(slug, own=own) as api:
            return call(api, *arguments)
    except NoAnswer as error:
        say(f"{str(error).partition(';')[0]}: asking again")
        return None


def retry(call: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Repeats a call that changes nothing at Kaggle after 429 and 5xx, waiting as told or 1, 2, 4 seconds."""
    return retry_while(lambda: True, lambda: call(*arguments, **named))


def retry_while(may_repeat: Callable[[], bool], call: Callable[[], Result]) -> Result:
    """As `retry`, as long as `may_repeat` says that nothing was changed yet."""
    from requests.exceptions import HTTPError

    for pause in PAUSES_S:
        try:
            return call()
        except HTTPError as error:
            answer: Any = error.response
            announced = answer.headers.get("Retry-After", "")
            seconds = float(announced) if announced.isdigit() else pause
            is_busy = answer.status_code == 429 or answer.status_code >= 500
            if not (is_busy and may_repeat()) or seconds > MAX_WAIT_S:
                raise
            say(f"Kaggle is busy ({answer.status_code}): asking again in {seconds:g} s")
            time.sleep(seconds)
    return call()
