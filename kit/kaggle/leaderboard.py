"""The public leaderboard of a competition, whole, as Kaggle gives it for download."""

import tempfile
from pathlib import Path

from kit.data.archives.budget import Limits
from kit.data.archives.unpack import open_outermost
from kit.errors import DataError, KaggleError
from kit.kaggle.client import connect, retry

LIMITS = Limits(files=100, bytes=1 << 30)


def download(slug: str) -> bytes:
    """The bytes of its CSV. Raises KaggleError if what comes is not a zip archive with one CSV in it."""
    with tempfile.TemporaryDirectory() as folder:  # the client writes <slug>.zip, the name that the data has, too
        with connect(slug) as api:
            retry(api.competition_leaderboard_download, slug, folder, quiet=True)
        try:
            open_outermost(Path(folder) / f"{slug}.zip", Path(folder) / "board", limits=LIMITS)
            [table] = (Path(folder) / "board").rglob("*.csv")
            return table.read_bytes()
        except (DataError, OSError, ValueError) as error:
            raise KaggleError(
                "Kaggle's leaderboard cannot be read", received=error, expected="a zip archive with one CSV"
            ) from None
