"""Submission files as people bring them: packed, or with an ending in capitals."""

import gzip
import io
import zipfile

import pytest

from kit import paths
from kit.errors import DataError
from kit.submission import packed
from kit.submission.check import build_or_read_checked

TABLE = b"id,label\n1,1\n2,3\n"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_csv", ".csv"), data)
    return out.getvalue()


FILES = {
    "mine.csv": TABLE,
    "MINE.CSV": TABLE,
    "mine.csv.gz": gzip.compress(TABLE, mtime=0),
    "MINE.CSV.GZ": gzip.compress(TABLE, mtime=0),
    "mine.csv.zip": zipped(mine_csv=TABLE),
    "mine.zip": zipped(mine_csv=TABLE),
}


@pytest.mark.parametrize("name", FILES)
def test_a_packed_table_is_checked_like_a_plain_one(labels, home, tmp_path, name):
    raw = paths.data("zoo").raw
    raw.mkdir(parents=True)
    (raw / "sample.csv").write_text("id,label\n1,1\n2,1\n")
    (tmp_path / name).write_bytes(FILES[name])
    checked = build_or_read_checked(labels, str(tmp_path / name))
    assert checked.data == TABLE == checked.path.read_bytes() and checked.run is None
    assert checked.path.suffix.lower() == ".csv" and checked.path.name.lower() == "mine.csv"
    assert sorted(path.name for path in tmp_path.glob("*mine*")) == ([name] if name.islower() else [])


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        (
            "two.zip",
            zipped(a_csv=TABLE, b_csv=TABLE),
            r"no packed submission; received a\.csv, b\.csv; expected one \.csv",
        ),
        ("none.zip", zipped(readme=b"x"), "received readme; expected one"),
        ("bad.zip", b"PK\x03\x04 not really", "damaged or not an archive"),
        ("bad.csv.gz", b"not gzip", r"bad\.csv\.gz refused: it is damaged"),
        ("half.csv.gz", gzip.compress(TABLE, mtime=0)[:-9], r"half\.csv\.gz refused: it is damaged"),
    ],
    ids=["two tables", "no table", "damaged zip", "no gzip", "half a gzip"],
)
def test_what_is_no_packed_table_is_refused_and_leaves_nothing(tmp_path, name, data, wrong):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=wrong):
        packed.unpack(tmp_path / name, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "MAX_BYTES", 1000)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(bytes(100_000)))
    (tmp_path / "bomb.csv.zip").write_bytes(zipped(bomb_csv=bytes(100_000)))
    for name in ("bomb.csv.gz", "bomb.csv.zip"):
        with pytest.raises(DataError, match="too large unpacked"):
            packed.unpack(tmp_path / name, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
