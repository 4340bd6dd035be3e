"""The page of the season as a browser shows it."""

import base64
import tempfile
from pathlib import Path

from tests.chromium import browser

WIDTH, HEIGHT = 1200, 1500  # pixels


def draw(page: Path, picture: Path) -> None:
    """Writes the upper part of the page as a PNG; skips where there is no Chromium, as tests do."""
    with tempfile.TemporaryDirectory() as profile, browser(Path(profile)) as opened:
        opened.open(page, width=WIDTH)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": 1}
        shot = opened.cdp("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        picture.write_bytes(base64.b64decode(shot["data"]))
