"""The pages that tests go over."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for where in ("*.md", "docs/**/*.md", "competitions/*/*.md") for path in sorted(ROOT.glob(where))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
