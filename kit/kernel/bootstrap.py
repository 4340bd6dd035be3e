"""Starts a kernel: finds the bundle, puts its code on the path, and runs it. Needs Python and nothing else, no internet.

`kit kernel build` copies this file into the kernel and fills in the two constants.
"""

import base64
import hashlib
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

BUNDLE = ""  # sha256 of the bundle.json that this kernel was built with: another version of the dataset is refused
PACKED = ""  # the whole bundle as a zip archive in base64, in a kernel without a dataset


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="kit-"))
    # data/ and runs/ stay out of /kaggle/working: Kaggle keeps, and counts, every file there as output.
    os.environ["KIT_HOME"] = str(work / "home")
    kaggle = Path(os.environ.get("KIT_KAGGLE", "/kaggle"))  # another place only in `kit kernel try`
    bundle = unpack_bundle(work / "bundle") if PACKED else find_bundle(kaggle / "input")
    use(bundle, work / "code")

    from kit.kernel.inside import run

    run(bundle, kaggle)


def find_bundle(inputs: Path) -> Path:
    """The folder of the bundle: /kaggle/input/<dataset>, or newer /kaggle/input/datasets/<owner>/<dataset>."""
    others = []
    for pattern in ("*", "*/*", "*/*/*"):
        for file in inputs.glob(pattern + "/bundle.json"):
            if hashlib.sha256(file.read_bytes()).hexdigest() == BUNDLE:
                return file.parent
            others.append(str(file))
    seen = ", ".join(others) or ", ".join(sorted(path.name for path in inputs.glob("*"))) or "nothing"
    raise SystemExit(f"kit: the dataset of this kernel is not mounted; received {seen}; expected bundle {BUNDLE[:12]}")


def unpack_bundle(into: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(PACKED))) as packed:
        packed.extractall(into)  # our own archive, written by `kit kernel build`
    return into


def use(bundle: Path, into: Path) -> None:
    """The kit goes before what is installed; wheels go behind it, so that they only fill gaps."""
    _unzip(bundle / "kit.pyz", into / "kit")
    sys.path.insert(0, str(into / "kit"))
    for wheel in sorted(bundle.glob("*.whl")):
        if _fits(wheel.stem.split("-")[-3:]):
            _unzip(wheel, into / "wheels")
    sys.path.append(str(into / "wheels"))


def _fits(tags: list[str]) -> bool:
    """Whether a wheel of these tags (python, abi, platform) is for this Python."""
    pythons, abis = tags[0].split("."), tags[1].split(".")
    own = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    return "py3" in pythons or own in pythons or "abi3" in abis


def _unzip(archive: Path, into: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(into)


if __name__ == "__main__":  # the data workers import this file again
    main()
