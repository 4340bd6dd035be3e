"""A download of tiny-stripes: how to start one, what it asks for, and what it leaves on this machine."""

import hashlib
import json

from kit.kaggle import download


def folder(home):
    return home / "data" / "tiny-stripes"


def whole(home, served):
    """Nothing but the archive, as it was served, and a manifest that says so."""
    here = folder(home)
    digest = hashlib.sha256(served.archive).hexdigest()
    assert hashlib.sha256((here / "archives" / "tiny-stripes.zip").read_bytes()).hexdigest() == digest
    manifest = json.loads((here / "archives" / "manifest.json").read_text())
    assert manifest["files"] == {"tiny-stripes.zip": {"size": len(served.archive), "sha256": digest}}
    assert left(home) == ["manifest.json", "tiny-stripes.zip"]
    return manifest


def left(home):
    """Names of the files, but for the lock, which stays (and frees itself when its holder dies)."""
    return sorted(path.name for path in folder(home).rglob("*") if path.is_file() and path.name != ".download.lock")


def nothing(home):
    return not left(home)


def fetch(home):
    return download.download("tiny-stripes", folder(home) / "archives")


def ranges(served):
    """The range that each request of the archive asked for; None: all of it."""
    return [body["range"] for body in served.asked("Storage")]
