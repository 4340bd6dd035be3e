"""Inputs for readers: good ones with a few faults in them, drawn by hypothesis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.small_archives import zipped

WORDS = """
, ,, ; " "" / ../ ._ # [ ] { } [[]] "x" : = %s {0} <script> \\ \u00e9 e\u0301 \u202e \uff11
nan inf -inf 1e999 -1 1_0 0x1 99999999999999999999 1e-400 True NA null
"""
BYTES = (
    *(b"", b" ", b"\0", b"\n", b"\r", b"\r\n\r\n", b"\t", b"[" * 3000, b'{"a":' * 3000),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf"),
    *(b"\xff" * 4, b"\xff" * 8, b"\0" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\x80"),
)
ODD = (*(word.encode() for word in WORDS.split()), *BYTES)


@dataclass(frozen=True)
class Input:
    """What a reader is given: a file's name, which says what it is to be, and its bytes."""

    name: str
    data: bytes

    def lay(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.data)
        return path


@st.composite
def mutated(draw: st.DrawFn, good: Sequence[Input]) -> Input:
    """One of the good inputs after up to five edits."""
    chosen = draw(st.sampled_from(good))
    data = chosen.data
    for _ in range(draw(st.integers(0, 5))):
        data = draw(st.sampled_from((_put, _overwrite, _flip, _cut, _drop, _repeat)))(draw, data)
    return Input(chosen.name, data)


def _place(draw: st.DrawFn, data: bytes) -> int:
    return draw(st.integers(0, len(data)))


def _put(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    return data[:place] + draw(st.sampled_from(ODD)) + data[place:]


def _overwrite(draw: st.DrawFn, data: bytes) -> bytes:
    place, put = _place(draw, data), draw(st.sampled_from(ODD))
    return data[:place] + put + data[place + len(put) :]


def _flip(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    return (
        data[:place]
        + bytes([byte ^ (1 << draw(st.integers(0, 7))) for byte in data[place : place + 1]])
        + data[place + 1 :]
    )


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: _place(draw, data)]


def _drop(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    return data[:place] + data[place + draw(st.integers(1, 40)) :]


def _repeat(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    return data[: place + draw(st.integers(1, 40))] + data[place:]


@st.composite
def packed(draw: st.DrawFn, archives: Sequence[Mapping[str, bytes]], names: Sequence[str]) -> Input:
    """A sound zip of mutated members, one of them under another name."""
    members = dict(draw(st.sampled_from(archives)))
    for name in draw(st.lists(st.sampled_from(sorted(members)), max_size=3)):
        members[name] = draw(mutated([Input(name, members[name])])).data
    if draw(st.booleans()):
        members[draw(st.sampled_from(names))] = members.pop(draw(st.sampled_from(sorted(members))))
    return Input("archive.zip", zipped(members))


def literals() -> st.SearchStrategy[object]:
    """Values of JSON of every kind, some of them deep or huge."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.sampled_from([2**70, "é", "../x"])
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    )
