"""The shell of a page, and its pieces. Whatever comes from data, settings or people passes through `text`."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.report.render.style import STYLE
from kit.suggest import complete

Card = tuple[str, str, str]  # label, value, what stands small behind the value


@dataclass(frozen=True)
class Section:
    """name: its anchor; title: plain text; body: HTML, empty for a section that has nothing to say."""

    name: str
    title: str
    body: str


@dataclass(frozen=True)
class Html:
    """A table cell that is HTML already."""

    code: str


def text(value: object) -> str:
    """Any value as HTML text, safe within quoted attributes too. None is empty; a float has five digits behind the point."""
    if value is None:
        return ""
    return f"{value:.5f}" if isinstance(value, float) else html.escape(str(value))


def when(stamp: str) -> str:
    """A time, UTC, ISO 8601, to the minute."""
    return stamp[:16].replace("T", " ") + " UTC"


def page(title: str, above: str, chips: Sequence[str], sections: Sequence[Section], footer: str) -> str:
    """The whole document. All but the bodies of the sections is plain text."""
    shown = [section for section in sections if section.body]
    links = "".join(f'<a href="#{section.name}">{text(section.title)}</a>' for section in shown)
    bodies = "\n".join(
        f'<section id="{section.name}"><h2>{text(section.title)}</h2>{section.body}</section>' for section in shown
    )
    chip_tags = "".join(f"<span>{text(chip)}</span>" for chip in chips)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'  # else a server is asked for one
        f"<title>{text(title)}</title><style>{STYLE}</style></head><body>"
        f'<header><p>{text(above)}</p><h1>{text(title)}</h1><div class="chips">{chip_tags}</div></header>'
        f'<div class="body"><nav aria-label="Sections">{links}</nav><main>\n{bodies}\n'
        f"<footer>{text(complete(footer))}</footer></main></div></body></html>\n"
    )


def paragraph(words: str) -> str:
    return f"<p>{text(words)}</p>"


def empty_note(words: str) -> str:
    """A line in place of what is not there; a command in it becomes as the reader has to type it."""
    return f'<p class="none">{text(complete(words))}</p>'


def pair(pieces: Sequence[str]) -> str:
    """Pictures beside each other, equally wide, where there is room, else below."""
    return f'<div class="pair">{"".join(pieces)}</div>'


def lay_side_by_side(pieces: Sequence[str]) -> str:
    """Tables beside each other, each as wide as it is, where there is room, else below."""
    return '<div class="beside">' + "".join(f"<div>{piece}</div>" for piece in pieces) + "</div>"


def cards(values: Sequence[Card]) -> str:
    """The first is the one that matters."""
    made = [
        f'<div class="card{" first" if not number else ""}"><span>{text(label)}</span>'
        f"<b>{text(value)}</b><small>{text(small)}</small></div>"
        for number, (label, value, small) in enumerate(values)
    ]
    return f'<div class="cards">{"".join(made)}</div>'


def table(rows: Sequence[Mapping[str, Any]], *, tall: bool = False) -> str:
    """Rows of equal keys; columns of numbers to the right; long texts are wrapped. It scrolls sideways on a phone, and, if
    `tall`, up and down.
    """
    if not rows:
        return ""
    number = {key: all(isinstance(row[key], (int, float, type(None))) for row in rows) for key in rows[0]}
    head = "".join(f"<th{_class('n' if number[key] else '')}>{text(key)}</th>" for key in rows[0])
    body = "".join("<tr>" + "".join(_cell(value, number[key]) for key, value in row.items()) + "</tr>" for row in rows)
    inside = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide{" tall" if tall else ""}">{inside}</div>'


def _cell(value: Any, number: bool) -> str:
    if isinstance(value, Html):
        return f"<td>{value.code}</td>"
    longest = 32 if " " in str(value) else 60  # an id is hard to read in two parts
    return f"<td{_class('n' if number else 'long' if len(str(value)) > longest else '')}>{text(value)}</td>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def share(value: float) -> Html:
    """A bar from 0 to 1 with its number, for a table."""
    return Html(f'<span class="bar" style="--v:{100 * value:.1f}%"></span>{value:.3f}')


def heat(rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """A matrix as a table; cells: made by `cell`."""
    tilt = max(map(len, columns)) > 5
    head = "".join(f'<th{_class("tilt" if tilt else "")} scope="col">{text(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{text(name)}</th>{"".join(line)}</tr>' for name, line in zip(rows, cells, strict=True)
    )
    return f'<div class="wide"><table class="heat"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def cell(value: object, strength: float = 0.0, *, color: str = "heat", hit: bool = False, hint: str = "") -> str:
    """One cell of `heat`. strength: 0 to 1, how much of the colour, a CSS variable of kit.report.render.style."""
    if hit:
        return f'<td class="hit" title="{text(hint)}">{text(value)}</td>'
    shade = f' style="--k:var(--{color});--v:{100 * strength:.0f}%"' if strength else ""
    return f'<td{shade} title="{text(hint)}">{text(value)}</td>'
