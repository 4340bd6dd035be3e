"""A request that spends something, and so must not be sent twice: whether it left, and whether it may have counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kit.errors import KaggleError
from kit.kaggle.client import MALFORMED

REQUEST_TIMEOUT = 408  # a refusal in form only: it may have counted


class LostAnswer(KaggleError):
    """The request left, and its answer did not come or cannot be read: it may have counted."""


@contextmanager
def send_once(what: str, method: str, do: str, check: Callable[[], None] = lambda: None) -> Iterator[list[str]]:
    """Around calls of the client that end in the request of `method`. Yields a list that is empty until that leaves. `check` is
    called just before it does; what that raises holds the request back.

    Raises LostAnswer, which says what to `do`, if the request may have counted; KaggleError if there was no connection for it.
    Refusals are raised as they come.
    """
    from requests import RequestException
    from requests.exceptions import HTTPError

    with _note_requests(method, check) as left:
        try:
            yield left
        except (RequestException, *MALFORMED) as error:
            status = _status(error)
            if left and not _is_refusal(status) and not _never_connected(error):
                received = status or type(error).__name__
                raise LostAnswer(f"Kaggle gave no answer to {what}", received=received, do=do) from None
            if isinstance(error, HTTPError):
                raise
            raise KaggleError(
                "no connection to Kaggle",
                received=type(error).__name__,
                do=f"{what} did not begin: check the network, then repeat",
            ) from None


def _status(error: Exception) -> int | None:
    response: Any = getattr(error, "response", None)
    return response.status_code if response is not None else None


def _is_refusal(status: int | None) -> bool:
    return status is not None and 400 <= status < 500 and status != REQUEST_TIMEOUT


def _never_connected(error: BaseException | None) -> bool:
    """Whether what is below the error says that there was no connection: refused, no such host, no route."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    while error is not None and not isinstance(error, (ConnectTimeoutError, NewConnectionError)):
        error = error.__cause__ or error.__context__
    return error is not None


@contextmanager
def _note_requests(method: str, check: Callable[[], None]) -> Iterator[list[str]]:
    """A list that the address of each request of `method` joins after the check, before its first byte leaves."""
    from requests.adapters import HTTPAdapter

    plain, left = HTTPAdapter.send, list[str]()

    def send(self: Any, request: Any, *rest: Any, **more: Any) -> Any:
        if request.url.endswith(f"/{method}"):
            check()
            left.append(request.url)
        return plain(self, request, *rest, **more)

    HTTPAdapter.send = send  # type: ignore[method-assign]
    try:
        yield left
    finally:
        HTTPAdapter.send = plain  # type: ignore[method-assign]
