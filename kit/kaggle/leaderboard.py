"""The public leaderboard of a competition, whole, as Kaggle gives it for download."""

import tempfile
from pathlib import Path
from typing import Any

from kit.data.archives.budget import Limits
from kit.data.archives.unpack import open_outermost
from kit.errors import DataError, KaggleError
from kit.kaggle.client import connect, retry

LIMITS = Limits(files=100, bytes=1 << 30)


def download(slug: str) -> bytes:
    """The bytes of its CSV. Raises KaggleError if what comes is cut off, or not a zip archive with one CSV in it."""
    with connect(slug) as api:
        packed = retry(_fetch, api, slug)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / f"{slug}.zip"
        archive.write_bytes(packed)
        try:
            open_outermost(archive, Path(folder) / "board", limits=LIMITS)
            [table] = (Path(folder) / "board").rglob("*.csv")
            return table.read_bytes()
        except (DataError, OSError, ValueError) as error:
            raise KaggleError(
                "Kaggle's leaderboard cannot be read", received=error, expected="a zip archive with one CSV"
            ) from None


def _fetch(api: Any, slug: str) -> bytes:
    """Without the client's own download, which repeats this request without its body, and waits 300 s for each answer."""
    from kagglesdk.competitions.types.competition_api_service import ApiDownloadLeaderboardRequest

    request = ApiDownloadLeaderboardRequest()
    request.competition_name = slug
    with api.build_kaggle_client() as client:
        return bytes(client.competitions.competition_api_client.download_leaderboard(request).content)
