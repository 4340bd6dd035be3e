"""Links of the pages lead to pages and headings that exist; of those to elsewhere the form is checked."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import each_page

LINK = re.compile(r"\]\(((?:[^()\n]|\([^()\n]*\))*)\)")  # what stands before may hold brackets, the address pairs of ()


def _prose(page: Path) -> str:
    """Without code, where # begins a comment and ]( may mean anything."""
    return re.sub(r"```.*?```|`[^`]*`", "code", page.read_text(), flags=re.S)


def _anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them: the words of code in a heading count."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _sound(address: str) -> bool:
    """Whether an address elsewhere has the form of one. Nothing is asked for."""
    parts = urlsplit(address)
    return parts.scheme == "https" and "." in (parts.hostname or "") and " " not in address


def _leads_somewhere(link: str, page: Path) -> bool:
    if re.match(r"[a-z]+:", link):
        return _sound(link)
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _broken(page: Path) -> list[str]:
    """Links that lead nowhere, and the beginning of what is not closed."""
    prose = _prose(page)
    opened = re.findall(r"\]\(.{0,20}", LINK.sub("", prose))
    bare = re.findall(r"(?<!\()\b[a-z]+://[^\s)>]*", prose)
    return [link for link in LINK.findall(prose) if not _leads_somewhere(link, page)] + [
        *opened,
        *(address for address in bare if not _sound(address)),
    ]


@each_page
def test_links_lead_to_pages_and_headings_that_exist(page):
    assert _broken(page) == []


@pytest.mark.parametrize(
    "link",
    [
        "[c](none.md)",
        "[d](#none)",
        "[a comment](#a-comment)",
        "[of [a] list](none.md)",
        "![a picture](none.png)",
        "[e](http://example.com)",
        "[e](https://example .com)",
        "[e](https://nowhere)",
        "[e](https://example.com/a_(b)",
        "see http://example.com",
    ],
)
def test_a_broken_link_is_found(tmp_path, link):
    page = tmp_path / "page.md"
    page.write_text(f"# A head\n{link}\n```sh\n# A comment\n```\n")
    assert len(_broken(page)) == 1


def test_sound_links_are_no_complaint(tmp_path):
    page = tmp_path / "page.md"
    links = "[a](page.md#a-head) [b [1]](#a-head) [e](https://example.com/a_(b)) <https://example.com> `[f](none.md)`"
    page.write_text(f"# A head\n{links}\n```sh\ncurl http://127.0.0.1\n```\n")
    assert _broken(page) == []
