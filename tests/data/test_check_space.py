import shutil
from types import SimpleNamespace

import pytest

from kit.data import check_space
from kit.errors import DataError


def test_what_does_not_fit_on_the_disk_is_refused_before_anything_is_decoded(pets, folders, members, pack, monkeypatch):
    from kit.data import write_cache
    from kit.data.archives.unpack import extract

    raw = extract(pack(members), folders.raw)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=5567))
    monkeypatch.setattr(write_cache, "batches", lambda *_: pytest.fail("decoded"))
    with pytest.raises(
        DataError, match=r"do not fit .*received 0\.0 GB free; expected 0\.0 GB for 29 images of 8x8x3; a sm"
    ):
        write_cache.write(pets, folders, raw)


@pytest.mark.parametrize(
    ("images", "said"), [(1000, ""), (25_000, "25000 images of 256x256x3 are 4.9 GB of pixels in")]
)
def test_large_ones_are_said(tmp_path, monkeypatch, capsys, images, said):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1e12))
    check_space.check_space(tmp_path, images, (256, 256, 3))
    told = capsys.readouterr().err
    assert said in told and bool(told) == bool(said)
