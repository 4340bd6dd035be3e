"""Tables that are not what they say, in an archive that is sound otherwise."""

import zipfile
from pathlib import Path

PIXELS = 64
HEAD = ",".join(["label", *(f"pixel{n}" for n in range(PIXELS))])
ROW = ",".join(["flat", *["7"] * PIXELS])


def _table(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *[ROW, ROW.replace("flat", "steep"), ROW.replace("flat", "none")] * 5, *rows, ""]).encode()


def pack(good: Path, target: Path, name: str, data: bytes) -> None:
    """The good archive with another member of that name."""
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for member in source.namelist():
            out.writestr(member, data if member == name else source.read(member))


CASES = {
    "a column too few": ("train.csv", _table(head=HEAD.rpartition(",")[0])),
    "a field too many": ("train.csv", _table(ROW + ",9")),
    "a field too few": ("train.csv", _table(ROW[:-2])),
    "a pixel of 256": ("train.csv", _table(ROW[:-1] + "256")),
    "a pixel of -1": ("train.csv", _table(ROW[:-1] + "-1")),
    "a pixel of x": ("train.csv", _table(ROW[:-1] + "x")),
    "a pixel of 7.5": ("train.csv", _table(ROW[:-1] + "7.5")),
    "an unknown class": ("train.csv", _table(ROW.replace("flat", "NA"))),
    "nothing": ("train.csv", b""),
    "a header alone": ("train.csv", HEAD.encode()),
    "UTF-16": ("train.csv", _table().decode().encode("utf-16")),
    "Latin-1": ("train.csv", _table(ROW.replace("flat", "fl\xe4t")).replace("\xe4".encode(), b"\xe4")),
    "a NUL": ("train.csv", _table(ROW.replace("flat", "fl\0at"))),
    "an open quote": ("train.csv", _table('"' + ROW)),
    "semicolons": ("train.csv", _table().replace(b",", b";")),
    "a blank line within": ("train.csv", _table("", ROW)),
    "a field of 2 MB": ("train.csv", _table(ROW.replace("flat", "f" * 2_000_000))),
    "a web page": ("train.csv", b"<html><body>Sign in</body></html>"),
    "a sample of other rows": ("sample.csv", b"Id,Label\n1,0\n2,0\n"),
    "a sample without its column": ("sample.csv", b"Id,Class\n1,0\n"),
    "a sample of nothing": ("sample.csv", b""),
    "a test table cut off": ("test.csv", _table().partition(b",")[2][:400]),
}
