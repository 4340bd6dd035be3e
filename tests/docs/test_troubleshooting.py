"""The error lines of docs/troubleshooting.md are those of the code."""

import re

from tests.docs.pages import ROOT


def test_the_lines_that_are_explained_can_appear():
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    code = "".join(path.read_text() for path in ROOT.glob("kit/**/*.py"))
    lines = re.findall(r"^\| `([^`]+ [^`]+)` \|", page, re.M)
    assert len(lines) > 5
    assert [line for line in lines if line not in code] == []
