"""The pages: links lead somewhere, and what they tell people to type exists."""

import re
import subprocess
from pathlib import Path

import pytest

from kit.cli.main import VERBS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)  # where # begins a comment
    heads = re.findall(r"^#+ (.+)$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _broken(page: Path) -> list[str]:
    found = []
    for link in LINK.findall(page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if link.startswith(("http://", "https://")):
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_pages_and_headings_that_exist(page):
    assert _broken(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    links = "[a](page.md#a-head) [b](#a-head) [c](none.md) [d](#none) [e](https://example.com) [f](#a-comment)"
    page.write_text(f"# A head\n{links}\n```sh\n# A comment\n```\n")
    assert _broken(page) == ["none.md", "#none", "#a-comment"]


def _blocks() -> str:
    return "\n".join(
        block for page in PAGES for block in re.findall(r"```(?:sh|python)\n(.*?)```", page.read_text(), re.S)
    )


def test_what_people_are_told_to_type_exists():
    lines = [line.split("#")[0].strip() for line in _blocks().splitlines()]
    verbs = {words[1] for line in lines if re.match(r"!?kit [a-z]", line) for words in [line.split()]}
    targets = {target for line in lines for target in re.findall(r"^make ([a-z-]+)", line)}
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    assert len(verbs) > 10 and verbs <= set(VERBS)
    assert len(targets) > 5 and targets <= set(re.findall(r"make ([a-z-]+)", listed))
