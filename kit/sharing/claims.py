"""Who means to send which run today (UTC): a small file beside the run in the store, so that two do not send the same."""

import datetime
import tempfile
from pathlib import Path

from kit.errors import DataError
from kit.fields import check_fields, is_text
from kit.json_files import parse_json, to_json
from kit.runs.author import find_author
from kit.sharing.manifest import CLAIM
from kit.sharing.stores import Store


class ClaimedError(DataError):
    """Somebody else means to send the run today."""


def claim(store: Store, run: str) -> str:
    """Claims the run for its author here; the name. Raises ClaimedError if somebody else has claimed it today."""
    name, _ = find_author()
    holder = _read(store, run)
    if holder and holder != name:
        raise ClaimedError(f"{run} is claimed for today", received=f"by {holder}", do="send another run, or ask them")
    if not holder:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "claim.json"
            path.write_text(to_json({"author": name}))
            store.put({_key(run): path})
    return name


def list_claims(store: Store) -> dict[str, str]:
    """Of today, by run: who claimed it."""
    return {run: _read(store, run) for run in store.ids(_name())}


def _name() -> str:
    return f"{CLAIM}{datetime.datetime.now(datetime.UTC):%Y-%m-%d}.json"


def _key(run: str) -> str:
    return f"{run}/{_name()}"


def _read(store: Store, run: str) -> str:
    """Who claimed it; "?" for a damaged claim, "" without one."""
    data = store.read(_key(run))
    try:
        return str(check_fields(parse_json(data), "the claim", {"author": is_text}, {})["author"]) if data else ""
    except (ValueError, DataError):
        return "?"
