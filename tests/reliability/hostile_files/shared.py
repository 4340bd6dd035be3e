"""What a teammate's shared folder may hold: arrays and JSON with a manifest that vouches for them."""

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.sharing.teammate import sign

Change = Callable[[Path], None]


class _Touch:
    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("/tmp/evil"),)


def _npy(shape: tuple[int, ...], descr: str, data: bytes = b"") -> bytes:
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


def _npz(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return out.getvalue()


def _array(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, values)
    return out.getvalue()


CLASSES = _array(np.array(["flat", "steep", "none"]))
IDS = _array(np.array([str(n + 1) for n in range(30)]))
VALUES = _array(np.full((30, 3), 1 / 3, np.float32))


def _put(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    sign(folder, name)


def _edit(name: str, edit: Callable[[bytes], bytes], folder: Path) -> None:
    _put(name, edit((folder / name).read_bytes()), folder)


def _set(name: str, key: str, value: object, folder: Path) -> None:
    stored = json.loads((folder / name).read_text())
    (stored["config"] if name == "config.json" else stored)[key] = value
    _put(name, json.dumps(stored).encode(), folder)


def _manifest(text: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text)


def _name(name: str, folder: Path) -> None:
    stored = json.loads((folder / "manifest.json").read_text())
    stored["files"][name] = stored["files"]["run.json"]
    (folder / "manifest.json").write_text(json.dumps(stored))


DEEP = "[" * 100_000
ARRAYS = {
    "a shape of terabytes": _npz(ids=IDS, classes=CLASSES, probabilities=_npy((1 << 40, 3), "<f4")),
    "a text of 2 GB": _npz(ids=_npy((1,), "<U500000000"), classes=CLASSES, probabilities=VALUES),
    "a negative shape": _npz(ids=IDS, classes=CLASSES, probabilities=_npy((-1, 3), "<f4")),
    "a bomb": _npz(ids=IDS, classes=CLASSES, probabilities=_npy((100_000_000, 3), "<f4", bytes(1_200_000_000))),
    "a pickle": _npz(ids=IDS, classes=CLASSES, probabilities=_npy((1,), "|O", pickle.dumps([_Touch()]))),
    "no archive": b"<html>",
    "nothing": b"",
    "no values": _npz(ids=IDS, classes=CLASSES),
    "not numbers": _npz(ids=IDS, classes=CLASSES, probabilities=_array(np.full((30, 3), "x"))),
    "NaN": _npz(ids=IDS, classes=CLASSES, probabilities=_array(np.full((30, 3), np.nan, np.float32))),
    "fewer rows": _npz(
        ids=_array(np.array(["1"])), classes=CLASSES, probabilities=_array(np.ones((1, 3), np.float32) / 3)
    ),
    "a header that is code": b"\x93NUMPY\x01\x00\x10\x00__import__('os')",
}
VALUES_OF_RECORDS = {
    "a number": 5,
    "a list": [[]],
    "an object": {"a": {}},
    "null": None,
    "a huge number": 10**400,
    "a path": "../../x",
}
KEYS = {
    "run.json": ("id", "slug", "kind", "parents", "created"),
    "metrics.json": ("score", "rows"),
    "config.json": ("epochs", "recipe"),
}
FITTING = {  # which do no harm
    *(("run.json", "created", what) for what in VALUES_OF_RECORDS),
    *(("metrics.json", "score", what) for what in ("a number", "null")),
    *(("metrics.json", "rows", what) for what in ("a number",)),
    *(("config.json", "epochs", what) for what in ("a number",)),
    *(("config.json", "recipe", what) for what in ("a path",)),  # an unknown recipe: nothing is trained by it
}
CASES: dict[str, Change] = {
    **{f"test.npz: {what}": partial(_put, "test.npz", data) for what, data in ARRAYS.items()},
    **{
        f"{file}: {key} is {what}": partial(_set, file, key, value)
        for file, keys in KEYS.items()
        for key in keys
        for what, value in VALUES_OF_RECORDS.items()
        if (file, key, what) not in FITTING
    },
    **{f"{file} is deep": partial(_put, file, DEEP.encode()) for file in KEYS},
    **{f"{file} is cut off": partial(_edit, file, lambda data: data[: len(data) // 2]) for file in KEYS},
    "metrics.json: an infinite score": partial(
        _edit, "metrics.json", lambda data: data.replace(b'"score": ', b'"score": 1e999, "x": ', 1)
    ),
    **{f"the manifest is {text[:9]}": partial(_manifest, text) for text in ("", "[]", "{", DEEP, '{"files": 5}')},
    **{
        f"the manifest names {name}": partial(_name, name)
        for name in ("../evil", "/tmp/evil", "fold-0/../../evil", "a.py")
    },
}
