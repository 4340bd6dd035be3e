"""A loopback server that speaks Kaggle's API to the real, unmodified client, with faults on demand.

The client is pointed here by KAGGLE_API_ENVIRONMENT=LOCALHOST, which means http://localhost, through http_proxy.
"""

import contextlib
import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.kaggle_board import ANSWERED, Board, BoardMethods
from tests.kaggle_kernels import KernelMethods, Kernels

SECRET = "SENTINEL-0123456789abcdef"


class Kaggle:
    """What the server holds, what it was asked, and what it is told to do wrong.

    archive: the bytes of "download all". faults[method]: answers to give before the right one, each a dict with
    status, body, headers; for the storage of the archive ("Storage"): {"cut": bytes} closes the connection after so many
    bytes, {"bytes": content} sends other content, {"whole": True} ignores the Range that was asked for. {"silent": Event}
    answers nothing until then; {"drop": True} closes the connection. lost[method]: the same, but the request has its effect.
    """

    def __init__(self) -> None:
        self.archive = b""
        self.etag = '"version-1"'
        self.token = SECRET  # the access token that is good
        self.faults = defaultdict(list)
        self.lost = defaultdict(list)
        self.requests = []
        self.authorizations = []  # as the API saw them, "Basic ..." or "Bearer ..."
        self.uploads = []
        self.submissions = []
        self.board = Board()
        self.allowed = 5
        self.slow = None  # an Event: the storage waits for it at half of the archive
        self.halfway = threading.Event()
        self.of_kernels = Kernels()

    def asked(self, method: str) -> list[dict]:
        return [body for name, body in self.requests if name == method]


def refusal(status: int, message: str = "", shape: str = "flat", **headers: str) -> dict:
    """An error in either of the two shapes that Kaggle uses, or without a body."""
    bodies = {
        "flat": {"code": status, "message": message},
        "nested": {"error": {"code": status, "message": message}},
        "none": None,
    }
    body = bodies[shape]
    if body is None:
        return {"status": status, "headers": {"Content-Type": "text/html", **headers}}
    return {"status": status, "body": json.dumps(body).encode(), "headers": headers}


def _snake(method: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()


class Handler(KernelMethods, BoardMethods, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kaggle: Kaggle

    def log_message(self, *arguments) -> None:
        pass

    def do_POST(self) -> None:
        body = self._body()
        method = self.path.rsplit("/", 1)[-1]
        asked = json.loads(body or b"{}")
        self.kaggle.requests.append((method, asked))
        self.kaggle.authorizations.append(self.headers.get("Authorization") or "")
        if self.kaggle.faults[method]:
            self._answer(**self.kaggle.faults[method].pop(0))
        elif self.kaggle.lost[method]:
            getattr(self, f"_{_snake(method)}")(asked)
            self._answer(**self.kaggle.lost[method].pop(0))
        elif method in ("DownloadDataFiles", "DownloadDataFile"):
            self._answer(302, headers={"Location": f"http://storage.test/{asked['competitionName']}.zip"})
        elif method == "DownloadDataset" and not asked.get(
            "fileName"
        ):  # all of it, as the storage of archives holds it
            self._answer(302, headers={"Location": f"http://storage.test/{asked['datasetSlug']}.zip"})
        elif method == "DownloadDataset":
            name = f"{asked['ownerSlug']}/{asked['datasetSlug']}/{asked['fileName']}"
            self._answer(302, headers={"Location": f"http://storage.test/dataset/{name}"})
        else:
            found = getattr(self, f"_{_snake(method)}")(asked)
            if found is None:
                self._answer(**refusal(404, "Not found"))
            elif found is not ANSWERED:
                self._json(found)

    def do_PUT(self) -> None:
        self.kaggle.requests.append(("Upload", {}))
        body = self._body()
        if self.kaggle.faults["Upload"]:
            self._answer(**self.kaggle.faults["Upload"].pop(0))
            return
        self.kaggle.uploads.append(body)
        self.kaggle.of_kernels.blobs[self.path.rsplit("/", 1)[-1]] = body
        self._json({})

    def do_GET(self) -> None:
        if "/output/" in self.path:
            self.kaggle.requests.append(("Output", {"name": self.path.rsplit("/", 1)[-1]}))
            fault = self.kaggle.faults["Output"].pop(0) if self.kaggle.faults["Output"] else {}
            self._answer(**{"body": self.kaggle.of_kernels.outputs[self.path.rsplit("/", 1)[-1]], **fault})
            return
        if "/dataset/" in self.path:
            kind = "application/json" if self.path.endswith(".json") else "application/octet-stream"
            content = self.kaggle.of_kernels.contents[self.path.partition("/dataset/")[2]]
            self._answer(body=content, headers={"Content-Type": kind})
            return
        whole, sent_range = self.kaggle.archive, self.headers.get("Range")
        self.kaggle.requests.append(
            ("Storage", {"range": sent_range, "authorization": self.headers.get("Authorization")})
        )
        fault = self.kaggle.faults["Storage"].pop(0) if self.kaggle.faults["Storage"] else {}
        if "status" in fault:
            self._answer(**fault)
            return
        start = 0
        if sent_range and self.headers.get("If-Range") in (None, self.kaggle.etag) and not fault.get("whole"):
            start = int(re.match(r"bytes=(\d+)-", sent_range)[1])
        self.send_response(206 if start else 200)
        headers = {
            "Content-Length": len(whole) - start,
            "Content-Type": "application/zip",
            "Accept-Ranges": "bytes",
            "ETag": self.kaggle.etag,
            "Last-Modified": "Fri, 20 Nov 2026 12:00:00 GMT",
        }
        for name, value in headers.items():
            self.send_header(name, str(value))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        self._send_body(fault.get("bytes", whole)[start:], fault)

    def _send_body(self, body: bytes, fault: dict) -> None:
        half = len(body) // 2
        if "cut" in fault:
            self.wfile.write(body[: fault["cut"]])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body[:half])
        self.wfile.flush()
        if self.kaggle.slow:
            self.kaggle.halfway.set()
            self.kaggle.slow.wait(60)
        with contextlib.suppress(OSError):  # the client may have been killed
            self.wfile.write(body[half:])

    def _introspect_token(self, asked: dict) -> dict:
        return {"active": asked["token"] == self.kaggle.token, "username": "somebody"}

    def _list_data_files(self, asked: dict) -> dict:
        files = [{"name": name, "totalBytes": len(self.kaggle.archive) // 2} for name in ("train.csv", "test.csv")]
        page = int(asked.get("pageToken") or 0)  # one file a page, so that paging is exercised
        return {"files": files[page : page + 1], "nextPageToken": str(page + 1) if page + 1 < len(files) else ""}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, value: dict) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(
        self,
        status: int = 200,
        body: bytes = b"",
        headers: dict | None = None,
        silent: threading.Event | None = None,
        drop: bool = False,
    ) -> None:
        if silent:
            silent.wait(60)
        if silent or drop:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serve(held: Kaggle, handler: type[Handler] = Handler) -> Iterator[str]:
    """The URL of the proxy that leads the client to a server that answers from `held`, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"kaggle": held}))
    server.daemon_threads = True
    # shutdown waits for the next poll, which is every half second unless said
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def kaggle(home, monkeypatch):
    """The server, with the environment (of this process and of the `kit` fixture) pointed at it, and a secret key."""
    held = Kaggle()
    with serve(held) as proxy:
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
        monkeypatch.setenv("KAGGLE_USERNAME", "somebody")
        monkeypatch.setenv("KAGGLE_KEY", SECRET)
        yield held
