"""Tables of a competition, as CSV and JSON."""

import json
from pathlib import Path

from hypothesis import strategies as st

from kit.data import tables
from kit.data.readers import pixel_csv
from tests.fuzz.mutations import Input, literals, mutated

PIXELS = b"label," + b",".join(b"pixel%d" % n for n in range(4)) + b"\ncat,0,1,2,255\ndog,3,4,5,6\n"
RECORDS = b'[{"id": "1", "label": "cat", "box": [1, 2]}, {"id": "2", "label": null}]'
COCO = b'{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"id": 5, "image_id": 1, "category_id": 7}]}'
GOOD = [
    *(Input("labels.csv", b'id,label\n1,cat\n007,"a, ""b"""\n'), Input("pixels.csv", PIXELS)),
    *(Input("records.json", RECORDS), Input("coco.json", COCO)),
]


@st.composite
def _records(draw: st.DrawFn) -> Input:
    """JSON of any kind, or images and annotations of which one part is so."""
    if draw(st.booleans()):
        return Input("records.json", json.dumps(draw(literals())).encode())
    value = json.loads(COCO)
    part = draw(st.sampled_from(("images", "annotations")))
    if draw(st.booleans()):
        value[part] = draw(literals())
    else:
        value[part][0][draw(st.sampled_from(sorted(value[part][0])))] = draw(literals())
    return Input("coco.json", json.dumps(value).encode())


def read_table(given: Input, folder: Path) -> None:
    path = given.lay(folder)
    if given.name == "pixels.csv":
        pixel_csv(path, (2, 2, 1), label_column="label")
    else:
        tables.table(path)


TABLES = mutated(GOOD) | _records()
