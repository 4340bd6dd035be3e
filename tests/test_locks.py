"""Lock files pin each package to the hashes of its files, and nothing is installed from one without looking at them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted(set((ROOT / "locks").glob("*.txt")) - {ROOT / "locks" / "floors.txt"})


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_package_is_pinned_to_hashes_and_to_no_address(lock):
    text = lock.read_text()
    blocks = re.split(r"^(?=[\w.-]+)", text, flags=re.M)[1:]
    assert len(blocks) > 10
    for block in blocks:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==[\w.+!-]+( ; [^\n]*)? \\\n    --hash=sha256:[0-9a-f]{64}\b", block), (
            block
        )
    assert "://" not in text


def test_make_installs_no_lock_without_looking_at_its_hashes():
    installs = re.findall(r"pip install .*-r .*", (ROOT / "Makefile").read_text())
    assert len(installs) >= 5 and all("--require-hashes" in line for line in installs)
