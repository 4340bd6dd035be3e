"""A real headless Chromium, driven through its own chromedriver: what a page looks like to people, and what it asks for."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars"),
)


@dataclass(frozen=True)
class Browser:
    session: str

    def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        data = json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"{self.session}/{path}".rstrip("/"), data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def cdp(self, command: str, **parameters: Any) -> Any:
        return self.ask("goog/cdp/execute", {"cmd": command, "params": parameters})

    def run(self, script: str) -> Any:
        return self.ask("execute/sync", {"script": script, "args": []})

    def open(self, page: Path, *, width: int, dark: bool = False) -> None:
        """Shows the page as a phone or a screen of that many CSS pixels would."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("url", {"url": page.resolve().as_uri()})

    def complaints(self) -> list[str]:
        """What the console says."""
        return [entry["message"] for entry in self.ask("se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """Addresses that were asked for since the last call, without data: URIs."""
        entries = [json.loads(entry["message"])["message"] for entry in self.ask("se/log", {"type": "performance"})]
        asked = [
            entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in asked if not url.startswith("data:")]


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """profile: an empty folder. Skips the test where Debian's packages chromium and chromium-driver are not installed."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no chromium and chromedriver here: apt-get install chromium chromium-driver")
    process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = next(line for line in process.stdout if "started successfully on port" in line)
        address = f"http://127.0.0.1:{line.rstrip().rstrip('.').rsplit(' ', 1)[1]}/session"
        options = {"binary": chromium, "args": [*QUIET, f"--user-data-dir={profile}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        started = Browser(address).ask("", {"capabilities": {"alwaysMatch": wanted}})
        opened = Browser(f"{address}/{started['sessionId']}")
        try:
            yield opened
        finally:
            opened.ask("", method="DELETE")  # ends Chromium, which a driver that is ended leaves running
    finally:
        process.terminate()
        process.communicate(timeout=30)
