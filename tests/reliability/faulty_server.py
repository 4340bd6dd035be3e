"""The loopback Kaggle with one fault at a request of a given number, whatever it asks for."""

import contextlib
import io
import socket

from tests.kaggle_server import Handler

PAGE = b"<!DOCTYPE html><html><body>We will be right back.</body></html>"
REFUSED = {"503": 503, "429": 429}  # without a look at what is asked
LOST = (
    "lost",
    "truncated",
    "page",
)  # what is asked for is done, its answer does not arrive: none, half of it, a web page
FAULTS = (*REFUSED, "dropped", *LOST)


class FaultyHandler(Handler):
    """kaggle.fault_at: (number of the request since the state was restored, fault); kaggle.count: of the last one."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # of a client that was killed
            super().handle()

    def do_POST(self) -> None:
        self._answer_or_fail(super().do_POST)

    def do_PUT(self) -> None:
        self._answer_or_fail(super().do_PUT)

    def do_GET(self) -> None:
        self._answer_or_fail(super().do_GET)

    def _answer_or_fail(self, answer) -> None:
        held = self.kaggle.__dict__
        number = held["count"] = held.get("count", -1) + 1
        at, fault = held.get("fault_at", (None, ""))
        if number != at:
            answer()
        elif fault in REFUSED:
            self._body()
            self._answer(REFUSED[fault], b"", {"Content-Type": "text/html"})
        elif fault == "dropped":
            self._hang_up()
        else:
            self._lose(answer, fault)

    def _lose(self, answer, fault: str) -> None:
        wire, self.wfile = self.wfile, io.BytesIO()
        answer()
        answered, self.wfile = self.wfile.getvalue(), wire
        if fault == "page":
            self._answer(200, PAGE, {"Content-Type": "text/html"})
            return
        if fault == "truncated":
            self.wfile.write(answered[: len(answered) - max(1, (len(answered) - answered.find(b"\r\n\r\n") - 4) // 2)])
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
