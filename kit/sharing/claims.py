"""Who means to send which run today (UTC): a small file beside the run in the store, so that two do not send the same."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import ConfigError, DataError, KitError
from kit.fields import check_fields, is_text
from kit.json_files import parse_json, to_json
from kit.kaggle.send_once import LostAnswer
from kit.progress import say
from kit.runs.author import find_author
from kit.sharing.manifest import CLAIM
from kit.sharing.stores import Store

DAMAGED = "?"  # whose a claim is that cannot be read


class ClaimedError(DataError):
    """Somebody else means to send the run today."""


def claim(store: Store, slug: str, run: str) -> bool:
    """Claims the run of a competition for its author here; whether it was not claimed yet. Of several at the same moment one
    has it, where the store is exclusive; where it is not, that is said.

    Raises ClaimedError if somebody else has claimed it today, and ConfigError for a member without a name.
    """
    name, _ = find_author()
    if not name:
        raise ConfigError("a claim needs the name of a member", do="set KIT_AUTHOR to yours, best the one at Kaggle")
    if store.create(_key(run), to_json({"author": name, "slug": slug}).encode()):
        if not store.exclusive:
            say(f"{run} is claimed; in this store two who claim at the same moment may both be told so: see kit team")
        return True
    if (holder := _read(store, run)[0]) != name:
        received = f"by {holder}" if holder else "by somebody who has just given it back"
        do = "kit team --release, as the claim is damaged" if holder == DAMAGED else "send another run, or ask them"
        raise ClaimedError(f"{run} is claimed for today", received=received, do=do)
    return False


def release(store: Store, run: str) -> None:
    """Gives today's claim back, or a damaged one. Raises ClaimedError if it is somebody else's; without one nothing happens."""
    holder, _ = _read(store, run)
    if holder not in ("", DAMAGED, find_author()[0]):
        raise ClaimedError(f"{run} is claimed for today", received=f"by {holder}", do="ask them to give it back")
    store.remove(_key(run))


@contextmanager
def hold(store: Store, slug: str, run: str) -> Iterator[None]:
    """Claims the run for a block that sends it; a new claim is given back if nothing was sent in it."""
    new = claim(store, slug, run)
    try:
        yield
    except LostAnswer:  # it may have counted
        raise
    except KitError:
        if new:
            _give_back(store, run)
        raise


def _give_back(store: Store, run: str) -> None:
    try:
        release(store, run)
    except KitError as error:  # what the block raised is the news
        say(f"{run} stays claimed: {error}")


def list_claims(store: Store, slug: str) -> dict[str, str]:
    """Of today, by run of a competition: who claimed it. A damaged claim is of each that the run's id may be of."""
    found = {run: _read(store, run) for run in store.ids(_name()) if run.startswith(f"{slug}-")}
    return {run: holder for run, (holder, of) in found.items() if of in (slug, DAMAGED)}


def _name() -> str:
    return f"{CLAIM}{datetime.datetime.now(datetime.UTC):%Y-%m-%d}.json"


def _key(run: str) -> str:
    return f"{run}/{_name()}"


def _read(store: Store, run: str) -> tuple[str, str]:
    """(who claimed it, its competition); DAMAGED for each that cannot be read, "" for both without a claim."""
    data = store.read(_key(run))
    if data is None:
        return "", ""
    try:
        said = check_fields(parse_json(data), "the claim", {"author": is_text}, {"slug": is_text})
    except (ValueError, DataError):
        return DAMAGED, DAMAGED
    return str(said["author"]) or DAMAGED, str(said.get("slug") or DAMAGED)
