"""The public leaderboard of a competition, whole, as Kaggle gives it for download."""

import tempfile
import zipfile
from pathlib import Path

from kit.errors import KaggleError
from kit.kaggle.client import connect, retry


def download(slug: str) -> bytes:
    """The bytes of its CSV. Raises KaggleError if what comes is not a zip archive with one CSV in it."""
    with tempfile.TemporaryDirectory() as folder:  # the client writes <slug>.zip, the name that the data has, too
        with connect(slug) as api:
            retry(api.competition_leaderboard_download, slug, folder, quiet=True)
        try:
            with zipfile.ZipFile(Path(folder) / f"{slug}.zip") as archive:
                [name] = [name for name in archive.namelist() if name.endswith(".csv")]
                return archive.read(name)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise KaggleError(
                "Kaggle's leaderboard cannot be read", received=error, expected="a zip archive with one CSV"
            ) from None
