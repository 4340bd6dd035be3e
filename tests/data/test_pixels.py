import numpy as np
import pytest

from kit.data.readers import pixel_csv
from kit.errors import DataError

HEAD = b"label,pixel0,pixel1,pixel2,pixel3\n"


def write(path, data: bytes):
    path.write_bytes(data)
    return path


def test_images_labels_and_row_numbers(tmp_path):
    images, labels = pixel_csv(write(tmp_path / "t.csv", HEAD + b"7,0,1,23,255\n0,9,10,99,100\n"), (2, 2, 1), "label")
    assert (len(images), images.ids, labels) == (2, ["1", "2"], ["7", "0"])
    for _ in range(2):  # it can be read again
        found = np.stack(list(images))
        assert found.dtype == np.uint8
        assert found.tolist() == [[[[0], [1]], [[23], [255]]], [[[9], [10]], [[99], [100]]]]


def test_many_rows_are_parsed_as_numpy_does(tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (1500, 12), dtype=np.uint8)
    names = ",".join(f"p{n}" for n in range(1, 13))
    text = names + "\n" + "\n".join(",".join(map(str, row)) for row in values)  # without a newline at the end
    images, labels = pixel_csv(write(tmp_path / "t.csv", text.encode()), (2, 2, 3))
    assert labels is None
    assert (np.stack(list(images)) == values.reshape(-1, 2, 2, 3)).all()


@pytest.mark.parametrize("place", [0, 2, 4])
def test_label_and_id_may_stand_anywhere_and_be_words(tmp_path, place):
    head, row = ["pixel0", "pixel1", "pixel2", "pixel3"], ["1", "2", "3", "4"]
    for name, value in (("label", "cat"), ("id", "007")):
        head.insert(place, name)
        row.insert(place, value)
    images, labels = pixel_csv(
        write(tmp_path / "t.csv", f"{','.join(head)}\n{','.join(row)}\n".encode()), (1, 4, 1), "label", id_column="id"
    )
    assert (images.ids, labels, [image.ravel().tolist() for image in images]) == (["007"], ["cat"], [[1, 2, 3, 4]])


def test_bom_crlf_and_blank_lines_at_the_end_are_accepted(tmp_path):
    data = b"\xef\xbb\xbf" + (HEAD + b"7,0,1,2,3\n\n\n").replace(b"\n", b"\r\n")
    images, labels = pixel_csv(write(tmp_path / "t.csv", data), (2, 2, 1), "label")
    assert (labels, [image.ravel().tolist() for image in images]) == (["7"], [[0, 1, 2, 3]])


GOOD = b"7,0,1,2,3\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (HEAD, "holds no rows"),
        (b"label,pixel0,pixel1,pixel3\n7,0,1,3\n", "line 1: no column pixel2; received 3 pixel columns"),
        (b"label,pixel0,pixel2,pixel1,pixel3\n" + GOOD, "line 1: pixel columns out of order"),
        (b"label,pixel0,pixel1,pixel2,pixel3,pixel4\n", "line 1: pixel columns out of order or too many"),
        (b"label,a,b,c\n7,0,1,2\n", "line 1: wrong number of pixel columns; received 3; expected 4"),
        (b"pixel0,pixel1,pixel2,pixel3\n0,1,2,3\n", "line 1: no column 'label'"),
        (HEAD + GOOD + b"7,0,256,2,3\n", "line 3, column pixel1: not a pixel; received '256'"),
        (HEAD + GOOD + b"7,0,1,-1,3\n", "line 3, column pixel2: not a pixel; received '-1'"),
        (HEAD + GOOD + b"7,x,1,2,3\n", "line 3, column pixel0: not a pixel; received 'x'"),
        (HEAD + GOOD + b"7,0,1,2,\n", "line 3, column pixel3: not a pixel; received ''"),
        (HEAD + GOOD + b"7,0,1,2,3.0\n", "line 3, column pixel3: not a pixel; received '3.0'"),
        (HEAD + GOOD + b"7,0,1,2,0003\n", "line 3, column pixel3: not a pixel; received '0003'"),
        (HEAD + GOOD + b"7,0,1,2\n", "line 3: wrong number of fields; received 4; expected 5"),
        (HEAD + GOOD + b"7,0,1,2,3,4\n", "line 3: wrong number of fields; received 6; expected 5"),
        (HEAD + GOOD + b"7,0,1,2,3,4\n7,0,1,2\n", "line 3: wrong number of fields; received 6; expected 5"),
        (HEAD + b"\n" + GOOD, "line 2: blank"),
    ],
)
def test_what_is_not_a_table_of_pixels_is_refused_with_file_line_and_column(tmp_path, data, message):
    with pytest.raises(DataError) as error:
        list(pixel_csv(write(tmp_path / "t.csv", data), (2, 2, 1), "label")[0])
    assert message in str(error.value)
    assert "t.csv" in str(error.value)


def test_a_fault_far_down_is_named_by_its_line(tmp_path):
    rows = [GOOD] * 2000
    rows[1700] = b"7,0,1,2,999\n"
    images, _ = pixel_csv(write(tmp_path / "t.csv", HEAD + b"".join(rows)), (2, 2, 1), "label")
    with pytest.raises(DataError, match="line 1702, column pixel3"):
        list(images)
