"""Archives in the forms of competitions that are not built in (tests.small_archives has those that are), of a few images."""

import io

import numpy as np
from PIL import Image


def pictures(names: list[str], size: tuple[int, int] = (32, 32)) -> dict[str, bytes]:
    """A picture for each name, of (width, height) pixels, in the format that it ends in."""
    made = {}
    for number, name in enumerate(names):
        pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, {"png": "PNG", "tif": "TIFF"}.get(name[-3:].lower(), "JPEG"))
        made[name] = buffer.getvalue()
    return made


def table(header: str, *rows: str) -> str:
    return "\n".join([header, *rows, ""])


def _numbered(pattern: str, count: int) -> list[str]:
    return [pattern.format(number) for number in range(count)]


def breeds() -> dict[str, str | bytes]:
    """A table of labels, a probability for each class."""
    return {
        **pictures(_numbered("train/a{}.jpg", 6) + _numbered("test/b{}.jpg", 2)),
        "labels.csv": table("id,breed", *(f"a{n},{('pug', 'boxer', 'akita')[n % 3]}" for n in range(6))),
        "sample_submission.csv": table("id,akita,boxer,pug", "b0,.3,.3,.4", "b1,.3,.3,.4"),
    }


def catheters() -> dict[str, str | bytes]:
    """Columns of which any may hold 1, beside a column that is no label, and a table of something else."""
    rows = (f"a{n},{n % 2},{n // 3},0,p{n // 2}" for n in range(6))
    return {
        **pictures(_numbered("train/a{}.jpg", 6) + _numbered("test/b{}.jpg", 2)),
        "train.csv": table("uid,ETT - Normal,CVC,Swan,PatientID", *rows),
        "train_annotations.csv": table("uid,label,data", 'a0,CVC,"[1, 2]"'),
        "train_tfrecords/00.tfrec": b"\0",
        "sample_submission.csv": table("uid,ETT - Normal,CVC,Swan", "b0,0,0,0", "b1,0,0,0"),
    }


def pets() -> dict[str, str | bytes]:
    """A number, and a column beside the images of both parts."""
    return {
        **pictures(_numbered("train/a{}.jpg", 6) + _numbered("test/b{}.jpg", 2)),
        "train.csv": table("Id,Eyes,Pawpularity", *(f"a{n},{n % 2},{10 + 7 * n}" for n in range(6))),
        "test.csv": table("Id,Eyes", "b0,0", "b1,1"),
        "sample_submission.csv": table("Id,Pawpularity", "b0,45.32", "b1,9.1"),
    }


def whales() -> dict[str, str | bytes]:
    """A ranking, and a class with a single image."""
    names = ("new_whale", "w_1", "w_1", "w_2", "new_whale", "w_3", "w_2", "new_whale")
    return {
        **pictures(_numbered("train/a{}.jpg", 8) + _numbered("test/b{}.jpg", 2)),
        "train.csv": table("Image,Id", *(f"a{n}.jpg,{name}" for n, name in enumerate(names))),
        "sample_submission.csv": table("Image,Id", "b0.jpg,new_whale w_1 w_2", "b1.jpg,new_whale w_1 w_2"),
    }


def drivers() -> dict[str, str | bytes]:
    """A folder for each class within folders, and a table beside them."""
    return {
        **pictures([*_numbered("imgs/train/c0/a{}.jpg", 3), *_numbered("imgs/train/c1/d{}.jpg", 3)]),
        **pictures(_numbered("imgs/test/b{}.jpg", 2)),
        "driver_imgs_list.csv": table("subject,classname,img", "p002,c0,a0.jpg"),
        "sample_submission.csv": table("img,c0,c1", "b0.jpg,.5,.5", "b1.jpg,.5,.5"),
    }


def paddies() -> dict[str, str | bytes]:
    """A folder for each class and a table with more columns; an empty sample."""
    names = ("blast", "tungro", "normal")
    return {
        **pictures([f"train_images/{names[n % 3]}/{n}.jpg" for n in range(6)]),
        **pictures(_numbered("test_images/b{}.jpg", 2)),
        "train.csv": table("image_id,label,variety,age", *(f"{n}.jpg,{names[n % 3]},ADT45,{40 + n}" for n in range(6))),
        "sample_submission.csv": table("image_id,label", "b0.jpg,", "b1.jpg,"),
    }


def melanomas() -> dict[str, str | bytes]:
    """Labels 0 and 1, where the sample writes 0; DICOM files beside the images."""
    return {
        **pictures(_numbered("jpeg/train/a{}.jpg", 6) + _numbered("jpeg/test/b{}.jpg", 2)),
        **{f"train/a{n}.dcm": b"DICM" for n in range(6)},
        "train.csv": table("image_name,sex,benign_malignant,target", *(f"a{n},f,{n % 2}x,{n % 2}" for n in range(6))),
        "sample_submission.csv": table("image_name,target", "b0,0", "b1,0"),
    }


def seizures() -> dict[str, str | bytes]:
    """Votes of experts."""
    return {
        **pictures(_numbered("train/a{}.png", 6) + _numbered("test/b{}.png", 2)),
        "train.csv": table("eeg_id,seizure,other", *(f"a{n},{n},{6 - n}" for n in range(6))),
        "sample_submission.csv": table("eeg_id,seizure,other", "b0,.5,.5", "b1,.5,.5"),
    }
