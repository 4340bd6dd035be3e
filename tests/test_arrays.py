"""Headers of .npy and .npz files are believed only as far as there are bytes for them, and before any data is read."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest

from kit import arrays, predictions
from kit.errors import DataError
from kit.learn.predict import extract_features
from kit.sharing import read_predictions
from kit.targets import Classes


def header(descr: str, shape: str, order: str = "False") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def npy(values) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


HOSTILE = {
    "a huge shape": header("'<f4'", "(1000000000, 1000000)"),
    "a shape whose product wraps around": header("'<f4'", f"({2**62}, 4)"),
    "a negative shape": header("'<f4'", "(-1, 4)"),
    "a huge text": header("'<U500000000'", "(1,)"),
    "objects": header("'|O'", "(1,)") + b"cos\nsystem\n",
    "nested brackets": header("'<f4'", "(" * 5000),
    "no mapping": header("'<f4'", "(1,)").replace(b"{", b"["),
    "a fraction": header("'<f4'", "(1.5,)") + b"0123",
    "a long header": b"\x93NUMPY\x02\x00" + (2**32 - 1).to_bytes(4, "little") + b" " * 100,
    "another version": b"\x93NUMPY\x09\x00" + npy(np.zeros(3))[8:],
    "half of it": npy(np.zeros(1000))[:2000],
    "more than it": npy(np.zeros(10)) + b"more",
    "nothing": b"",
    "no array": b"<html>",
}


@pytest.fixture(params=HOSTILE)
def hostile(request):
    return HOSTILE[request.param]


def peak_mib(call) -> float:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def refuse(call) -> None:
    with pytest.raises((ValueError, DataError)) as error:
        call()
    assert "\n" not in str(error.value) or not isinstance(error.value, DataError)


def test_a_hostile_npy_is_refused_without_memory(tmp_path, hostile):
    path = tmp_path / "a.npy"
    path.write_bytes(hostile)
    assert peak_mib(lambda: refuse(lambda: arrays.map_array(path))) < 4
    with open(path, "rb") as handle:
        assert peak_mib(lambda: refuse(lambda: arrays.read_array(handle))) < 4


def test_a_hostile_npz_is_one_line_and_no_memory(tmp_path, hostile):
    path = tmp_path / "p.npz"
    for name in ("ids", "probabilities", "classes"):
        sound = {"ids": np.array(["a"]), "probabilities": np.ones((1, 1), np.float32), "classes": np.array(["x"])}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for key, values in sound.items():
                packed.writestr(f"{key}.npy", hostile if key == name else npy(values))
        assert peak_mib(lambda: refuse(lambda: predictions.load(path))) < 4
        with pytest.raises(DataError, match="is damaged"):
            predictions.load(path)


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path):
    path = tmp_path / "p.npz"
    ones = {"ids": np.array(["a"]), "classes": np.array(["x"])}
    np.savez_compressed(path, **ones, probabilities=np.zeros((1, 100 << 18), np.float32))
    assert peak_mib(lambda: refuse(lambda: predictions.load(path))) < 4
    with pytest.raises(DataError, match=r"probabilities\.npy looks like a bomb: \d+ bytes that unpack to 104857728"):
        predictions.load(path)


@pytest.mark.parametrize(
    "odd",
    [
        {"ids": np.array([["a"]])},
        {"ids": np.array([1.0])},
        {"probabilities": np.ones((1, 1), complex)},
        {"probabilities": np.ones(1, np.float32)},
        {"classes": np.zeros(1, [("a", "i4")])},
        {"more": np.zeros(1)},
    ],
)
def test_other_arrays_are_no_predictions(tmp_path, odd):
    sound = {"ids": np.array(["a"]), "probabilities": np.ones((1, 1), np.float32), "classes": np.array(["x"])}
    np.savez(tmp_path / "p.npz", **sound | odd)
    with pytest.raises(DataError, match="arrays that are no predictions"):
        predictions.load(tmp_path / "p.npz")
    np.savez_compressed(tmp_path / "p.npz", **sound)
    with pytest.raises(DataError, match="arrays that are no predictions"):
        predictions.load(tmp_path / "p.npz")


def test_more_or_longer_ids_than_there_are_here_are_refused_by_the_header(tmp_path):
    made = predictions.make(["a", "b"], np.array([[0.1, 0.9], [0.5, 0.5]]), Classes(("x", "y")))
    predictions.save(tmp_path / "p.npz", made)
    assert predictions.load(tmp_path / "p.npz", np.array(["a", "b"])).ids.tolist() == ["a", "b"]
    with pytest.raises(DataError, match="more or longer than"):
        predictions.load(tmp_path / "p.npz", np.array(["a"]))


def test_what_was_written_is_read_again(tmp_path):
    named = {"a": np.arange(6).reshape(2, 3), "b": np.asfortranarray(np.ones((2, 3))), "c": np.array(["x", "yy"])}
    np.savez(tmp_path / "a.npz", **named)
    stored = arrays.read_arrays(tmp_path / "a.npz")
    assert list(stored) == list(named) and all(np.array_equal(stored[name], named[name]) for name in named)
    np.save(tmp_path / "a.npy", named["b"])
    assert np.array_equal(arrays.map_array(tmp_path / "a.npy"), named["b"])


def test_a_damaged_array_of_features_or_an_import_is_one_line(tmp_path, hostile, prepared):
    path = tmp_path / "f.npy"
    path.write_bytes(hostile)
    with pytest.raises(DataError, match=r"f\.npy is damaged.*it is computed again"):
        extract_features.map_features(path)
    with zipfile.ZipFile(tmp_path / "oof.npz", "w") as packed:
        packed.writestr("ids.npy", npy(np.array(["a"])))
        packed.writestr("probabilities.npy", hostile)
    with pytest.raises(DataError, match=r"cannot read .*oof\.npz"):
        read_predictions.read(tmp_path / "oof.npz", prepared)
