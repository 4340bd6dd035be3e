import io
import sys

import numpy as np
import pytest

from kit.data import decode_image
from kit.data.decode_image import Decoding, UnreadableImage
from kit.data.find_window import find_window
from kit.errors import DataError

VALUES = np.arange(0, 4096, 273, np.uint16).reshape(4, 4)


@pytest.fixture
def save(tmp_path):
    """save(pixels, Field=value, ...) writes a file of DICOM, and gives its path."""
    pydicom = pytest.importorskip("pydicom")

    def write(pixels, name="x.dcm", syntax="1.2.840.10008.1.2.1", **fields):
        header = pydicom.Dataset()
        header.file_meta = pydicom.dataset.FileMetaDataset()
        header.file_meta.TransferSyntaxUID = syntax
        header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID = "1.2.3"
        header.Rows, header.Columns = pixels.shape[:2]
        header.SamplesPerPixel = pixels.shape[2] if pixels.ndim == 3 else 1
        header.BitsAllocated = 8 * pixels.itemsize
        header.BitsStored, header.HighBit = (12, 11) if pixels.itemsize == 2 else (8, 7)
        header.PixelRepresentation = int(pixels.dtype.kind == "i")
        header.PhotometricInterpretation = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
        header.PlanarConfiguration = 0
        header.PixelData = pixels.tobytes()
        if syntax != "1.2.840.10008.1.2.1":
            header.PixelData = pydicom.encaps.encapsulate([b"\xff\xd8\xff\xee"])
            header["PixelData"].VR = "OB"
        for field, value in fields.items():
            setattr(header, field, value)
        buffer = io.BytesIO()
        pydicom.dcmwrite(buffer, header, enforce_file_format=True)
        (tmp_path / name).write_bytes(buffer.getvalue())
        return tmp_path / name

    return write


def decode(path, channels=1, **how):
    return decode_image.decode(path, Decoding((4, 4, channels), **how))


def test_a_file_s_own_window_shows_it_on_the_values_that_it_stands_for(save):
    path = save(VALUES, RescaleSlope=2, RescaleIntercept=-1024, WindowCenter=[1000, 5], WindowWidth=[2000, 6])
    expected = ((VALUES * 2.0 - 1024) / 2000 * 255).clip(0, 255)
    assert np.abs(decode(path)[..., 0] - expected).max() <= 0.5
    assert (decode(path, 3)[..., 2] == decode(path)[..., 0]).all()
    assert find_window([path]) is None, "an image of 8 bits"


def test_a_declared_window_goes_before_that_of_the_file(save):
    path = save(VALUES, RescaleSlope=1, RescaleIntercept=-1000, WindowCenter=0, WindowWidth=10)
    pixels = decode(path, window=(-1000, 3095), declared=True)
    assert (pixels[..., 0] == np.rint(VALUES / 4095 * 255)).all()


def test_without_a_window_the_common_one_is_found_and_monochrome1_is_inverted_in_each_case(save):
    plain = save(VALUES)
    low, high = find_window([plain])
    assert (low, high) == (0, 4095)
    light = save(VALUES, "y.dcm", PhotometricInterpretation="MONOCHROME1")
    assert (decode(light, window=(0, 4095)).astype(int) + decode(plain, window=(0, 4095)) == 255).all()
    shown = save(VALUES, "z.dcm", PhotometricInterpretation="MONOCHROME1", WindowCenter=2047.5, WindowWidth=4095)
    assert (decode(shown) == 255 - decode(plain, window=(0, 4095))).all()


def test_color_is_read(save):
    assert decode(save(np.full((4, 4, 3), (1, 2, 3), np.uint8)), 3)[0, 0].tolist() == [1, 2, 3]


def test_a_compression_that_cannot_be_read_is_named_with_the_file(save):
    path = save(VALUES, syntax="1.2.840.10008.1.2.4.90")
    with pytest.raises(
        UnreadableImage, match=r"x\.dcm .*JPEG 2000 Image Compression .*\(1\.2\.840\.10008\.1\.2\.4\.90\)"
    ):
        decode(path)


def test_without_pydicom_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    (tmp_path / "x").write_bytes(bytes(128) + b"DICM" + bytes(20))
    with pytest.raises(DataError, match="images in DICOM need pydicom; pip install") as error:
        decode(tmp_path / "x")
    assert not isinstance(error.value, UnreadableImage)


def test_a_dicom_that_could_inflate_to_anything_or_is_too_large_is_refused_before_it_is_decoded(save, monkeypatch):
    from pydicom import Dataset

    deflated = save(VALUES)
    deflated.write_bytes(deflated.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"))
    with pytest.raises(UnreadableImage, match="deflated as a whole"):
        decode_image.decode(deflated, Decoding((4, 4, 1), window=(0, 4095)))
    monkeypatch.setattr(Dataset, "pixel_array", property(lambda self: pytest.fail("decoded")))
    for fields in ({"Rows": 60_000, "Columns": 60_000}, {"NumberOfFrames": 4_000_000}):
        with pytest.raises(UnreadableImage, match="more than 50 megapixels"):
            decode_image.decode(save(VALUES, **fields), Decoding((4, 4, 1), window=(0, 4095)))
