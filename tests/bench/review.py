"""Label review on dogs-vs-cats with planted faults: how many are found, and how many alarms are false."""

import csv
import io
import json
import zipfile
from itertools import count
from pathlib import Path

import cv2
import numpy as np

from tests.bench.place import BACKBONES, Place

SLUG, BACKBONE = "dogs-vs-cats", "mobilenet_v2_1.00"
WRONG, TWINS, ACROSS = 50, 500, 150  # labels; near-duplicates, of which so many are in test
FREE = 90000  # the first number of the files that are added: Kaggle's own end at 12,499 in train and 12,500 in test
OTHER = {"cat": "dog", "dog": "cat"}


def review(place: Place, seed: int) -> str:
    wrong, twins = planted(place.archives / f"{SLUG}.zip", place.home / "planted.zip", seed)
    place.kit("download", SLUG, "--from", str(place.home / "planted.zip"))
    place.kit("prepare", SLUG)
    return "\n".join([*_twins(place, twins), *_labels(place, wrong)])


def _twins(place: Place, twins: dict[str, str]) -> list[str]:
    _, seconds, _ = place.kit("review", "twins", SLUG)
    with open(place.home / "data" / SLUG / "review" / "twins.csv", newline="") as handle:
        found = {frozenset((row["id"], row["other"])) for row in csv.DictReader(handle)}
    meant = {frozenset(pair) for pair in twins.items()}
    names = "; ".join(" and ".join(sorted(pair)) for pair in found - meant)
    return [
        f"near-duplicates: {len(meant & found)} of {len(meant)} planted ones found, {seconds:.0f} s; "
        f"{len(found - meant)} further pairs: {names or 'none'}"
    ]


def _labels(place: Place, wrong: set[str]) -> list[str]:
    words = ("--recipe", "features", "--backbone", BACKBONE, "--weights", str(place.weights / BACKBONES[BACKBONE]))
    without = place.kit("train", SLUG, *words)[0][-1]
    out, seconds, _ = place.kit("review", "labels", without, "--top", "1000", "--action", "drop", "--json")
    ids = [row["id"] for row in json.loads("\n".join(out))]
    folder = place.home / "runs" / without / "review"
    hits = [name for name in ids if name in wrong]
    first = sum(name in wrong for name in ids[:WRONG])
    place.kit("review", "apply", SLUG, str(folder / "corrections.csv"))
    corrected = place.kit("train", SLUG, *words)[0][-1]
    effect = json.loads("\n".join(place.kit("review", "compare", without, corrected, "--json")[0]))
    scores = [f"{row['score']:.4f} ± {row['error']:.4f}" for row in effect["runs"]]
    return [
        f"wrong labels: {len(hits)} of {len(wrong)} planted ones found, {len(ids) - len(hits)} further alarms, "
        f"{first} planted ones among the first {WRONG}, {seconds:.0f} s",
        f"  not found: {' '.join(sorted(wrong - set(ids)))}; further: {' '.join(sorted(set(ids) - wrong))}",
        f"  those {len(ids)} dropped: {scores[0]} without, {scores[1]} with, "
        f"gain {effect['gain']:+.4f} ± {effect['error']:.4f} on {effect['rows']} clean rows",
    ]


def planted(archive: Path, target: Path, seed: int) -> tuple[set[str], dict[str, str]]:
    """Writes the archive once more, with faults: (ids with a wrong label, {id of a copy: id of its original, in train})."""
    draw = np.random.default_rng(seed)
    with zipfile.ZipFile(archive) as outer:
        files = {name: outer.read(name) for name in outer.namelist()}
    train, test = _opened(files["train.zip"]), _opened(files["test1.zip"])
    names = draw.permutation(sorted(name for name in train if name.endswith(".jpg")))
    numbers = count(FREE)
    wrong = {_under_the_other_label(train, name, next(numbers)) for name in names[:WRONG]}
    twins, sample = {}, files["sampleSubmission.csv"].decode().splitlines()
    for name in names[WRONG : WRONG + ACROSS]:
        number = str(next(numbers))
        test[f"test1/{number}.jpg"] = again(train[name], draw)
        sample.append(f"{number},0")
        twins[number] = Path(name).stem
    for name in names[WRONG + ACROSS : WRONG + TWINS]:
        copy = f"{name.partition('.')[0]}.{next(numbers)}.jpg"
        train[copy] = again(train[name], draw)
        twins[Path(copy).stem] = Path(name).stem
    files["train.zip"], files["test1.zip"] = _packed(train), _packed(test)
    files["sampleSubmission.csv"] = "\n".join([*sample, ""]).encode()
    target.write_bytes(_packed(files))
    return wrong, twins


def _under_the_other_label(train: dict[str, bytes], name: str, number: int) -> str:
    """Renames that photo in place; its new id."""
    label = Path(name).stem.partition(".")[0]
    changed = f"{OTHER[label]}.{number}"
    train[str(Path(name).with_name(f"{changed}.jpg"))] = train.pop(name)
    return changed


def again(jpeg: bytes, draw: np.random.Generator) -> bytes:
    """The same picture once more: 2 to 4 % of each side cut off, 0.6 to 1 of its size, brightness ±10 %, JPEG 60 to 90."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    high, wide = image.shape[:2]
    cut = draw.uniform(0.02, 0.04)
    top, left = (draw.uniform(0, cut, 2) * (high, wide)).astype(int)
    cropped = image[top : top + int(high * (1 - cut)), left : left + int(wide * (1 - cut))]
    size = draw.uniform(0.6, 1)
    small = cv2.resize(cropped, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    lit = np.clip(small * draw.uniform(0.9, 1.1), 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, int(draw.integers(60, 91))])[1].tobytes()


def _opened(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as inner:
        return {name: inner.read(name) for name in inner.namelist() if not name.endswith("/")}


def _packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
