"""DICOM: the values of the picture in a file, as its header says that they are to be seen. Needs pydicom (extra `dicom`).

Stored values become those that they stand for (rescale slope and intercept: Hounsfield units of a CT), and by the file's own
window (its table, else the first of its centers and widths) 0 to 255. MONOCHROME1 is inverted, so that more is brighter.
"""

from typing import IO, Any

import numpy as np

from kit.data.image_size import check_size
from kit.data.window import apply_window
from kit.errors import DataError

DEFLATED = b"1.2.840.10008.1.2.1.99"  # the transfer syntax of files that pydicom inflates at once


def open_dicom(handle: IO[bytes], *, own_window: bool) -> np.ndarray:
    """The picture, (H, W), (H, W, 3) in RGB, or (frames, H, W): uint8 by the window that the file names, if it does and that is
    wanted, and where it is in color; else its values.

    Raises DataError without pydicom, ValueError for a compression or a kind of picture that cannot be read, and above 50
    megapixels.
    """
    try:
        import pydicom
    except ImportError:
        raise DataError("images in DICOM need pydicom", do="pip install 'kaggle-kit[dicom]'") from None
    if DEFLATED in handle.read():
        raise ValueError("a DICOM file that is deflated as a whole, and may inflate to anything")
    handle.seek(0)
    header = pydicom.dcmread(handle)
    check_size(header.Rows * int(header.get("NumberOfFrames") or 1), header.Columns)
    kind = header.get("PhotometricInterpretation", "MONOCHROME2")
    if kind == "PALETTE COLOR":
        raise ValueError("a DICOM picture of kind PALETTE COLOR, not grey or RGB")
    stored = _read_pixels(header)
    if not kind.startswith("MONOCHROME"):
        return stored
    return _show(header, stored, own_window, inverted=kind == "MONOCHROME1")


def _read_pixels(header: Any) -> np.ndarray:
    try:
        return np.asarray(header.pixel_array)
    except Exception as error:  # each of its decoders has reasons of its own
        syntax = header.file_meta.TransferSyntaxUID
        if not syntax.is_compressed:
            raise
        raise ValueError(f"DICOM compressed as {syntax.name} ({syntax}), which pydicom cannot read here") from error


def _show(header: Any, stored: np.ndarray, own_window: bool, inverted: bool) -> np.ndarray:
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

    values = np.asarray(apply_modality_lut(stored, header))
    if own_window and header.get("VOILUTSequence"):
        shown = np.asarray(apply_voi_lut(values, header), np.float64)
        window = float(shown.min()), max(float(shown.max()), float(shown.min()) + 1)
    elif own_window and header.get("WindowWidth") is not None:
        center, width = (np.atleast_1d(header[name].value)[0] for name in ("WindowCenter", "WindowWidth"))
        shown, window = values, (float(center - width / 2), float(center + width / 2))
    else:
        return np.asarray(apply_modality_lut(_invert(header, stored), header)) if inverted else values
    seen = apply_window(shown.astype(np.float64), window)
    return 255 - seen if inverted else seen


def _invert(header: Any, stored: np.ndarray) -> np.ndarray:
    """Within the range of the bits that are stored."""
    return -1 - stored if header.PixelRepresentation else 2**header.BitsStored - 1 - stored
