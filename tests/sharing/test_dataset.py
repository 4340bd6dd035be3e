"""A dataset at Kaggle as a store: its packs are opened as any archive that comes from elsewhere."""

import zipfile

import pytest

from kit.data.archives.budget import Limits, allow
from kit.errors import DataError
from kit.kaggle import datasets
from kit.sharing.dataset import Dataset

FILE, KEY = "run-1--predictions.pack", "run-1/fold-0/oof.npz"


@pytest.fixture
def served(monkeypatch):
    """What the dataset holds: a pack with these members."""

    def write(*members):
        def fetch(name, wanted, sizes):
            with zipfile.ZipFile(wanted[FILE], "w", zipfile.ZIP_DEFLATED) as pack:
                for member, data in members:
                    pack.writestr(member, data)

        monkeypatch.setattr(datasets, "files", lambda name: {FILE: 1})
        monkeypatch.setattr(datasets, "fetch", fetch)
        return Dataset("team/our-runs", 1.0, 1.0)

    return write


def test_a_file_of_a_run_comes_out_of_its_pack(served, tmp_path):
    served((KEY, b"whole"), ("run-1/fold-1/oof.npz", b"other")).fetch({KEY: tmp_path / "oof.npz"})
    assert (tmp_path / "oof.npz").read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([(KEY, bytes(2 << 20))], "decompression bomb.*--max-ratio"),
        ([(KEY, b"x"), ("../evil", b"x")], "points out of its folder"),
        ([("run-1/other", b"x")], f"{FILE} is damaged; received no {KEY} in it"),
    ],
)
def test_a_pack_that_is_a_bomb_leads_elsewhere_or_lacks_a_file_is_refused(served, tmp_path, members, words):
    with allow(Limits(ratio_from=1 << 20)), pytest.raises(DataError, match=words):
        served(*members).fetch({KEY: tmp_path / "oof.npz"})
    assert not list(tmp_path.iterdir())
