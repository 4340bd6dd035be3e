"""Files of weights and checkpoints that are damaged, or not those that a run recorded."""

from collections.abc import Callable
from pathlib import Path

Change = Callable[[Path], None]


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: Path) -> None:
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + b"\xff" * path.stat().st_size)


def _flip(path: Path) -> None:
    data = path.read_bytes()
    place = len(data) // 2
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def _deepen(path: Path) -> None:
    path.write_text("[" * 100_000)


def _exchange(path: Path) -> None:
    """The weights of the other run, of the same shapes."""
    other = next(file for file in path.parents[2].glob("*/fold-0/model.weights.h5") if file != path)
    path.write_bytes(other.read_bytes())


def _link_outside(path: Path) -> None:
    """Datasets that are to be read from a file of the host."""
    import h5py

    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        for name in names:
            shape, kind = file[name].shape, file[name].dtype
            del file[name]
            file.create_dataset(name, shape, kind, external=[("/etc/passwd", 0, 10**6)])


DAMAGE: dict[str, Change] = {
    "deleted": Path.unlink,
    "emptied": _empty,
    "cut off": _cut,
    "garbled": _garble,
    "flipped": _flip,
}
FILES = ("state.json", "epoch-*.weights.h5", "best-*.npz")
# left out: after a first epoch that is what a kill leaves before its checkpoint is whole, and it is made again
WITHOUT_STATE = "state.json deleted"
CHECKPOINTS: dict[str, tuple[str, Change]] = {
    **{
        f"{name} {what}": (name, change)
        for name in FILES
        for what, change in DAMAGE.items()
        if f"{name} {what}" != WITHOUT_STATE
    },
    "state.json nested deeply": ("state.json", _deepen),
}
WEIGHTS: dict[str, tuple[str, Change]] = {
    **{f"model.weights.h5 {what}": ("model.weights.h5", change) for what, change in DAMAGE.items()},
    "the weights of another run": ("model.weights.h5", _exchange),
    "weights that lie outside": ("model.weights.h5", _link_outside),
}
