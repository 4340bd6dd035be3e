import re
from pathlib import Path

from kit import __version__

ROOT = Path(__file__).resolve().parent.parent


def test_the_newest_released_entry_is_the_version_of_the_package():
    newest = re.search(r"^## (\d\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1]
    assert newest == __version__
