"""Claims: one of several at the same moment has it, none is left behind, and it can be given back."""

import multiprocessing
import os
import time

import pytest

from kit.errors import ConfigError, DataError, KaggleError
from kit.files import create_file
from kit.kaggle.send_once import LostAnswer
from kit.sharing import claims, stores
from tests.test_temporary import die, killed

MEMBERS = ("ann", "bob", "cyd", "dan")
RUNS = [f"run-{number}" for number in range(25)]


def _claim_all(where, name, ready, answers):
    """Each process waits for the others when its claim is written, and only has to be put in place."""
    os.environ["KIT_AUTHOR"] = name
    store, told, sync = stores.open_store(where), {}, os.fsync
    for run in RUNS:
        waits = iter([ready.wait])
        os.fsync = lambda handle, waits=waits: (sync(handle), next(waits, time.monotonic)())
        try:
            told[run] = claims.claim(store, "run", run), name, 0
        except claims.ClaimedError as error:
            told[run] = False, str(error), error.exit_code
    answers.put((name, told))


@pytest.mark.parametrize("kind", ["", "file://"])
def test_of_processes_at_the_same_instant_one_has_the_claim(team, kind):
    if kind:
        pytest.importorskip("fsspec")
    context = multiprocessing.get_context("spawn")
    ready, answers = context.Barrier(len(MEMBERS)), context.Queue()
    started = [context.Process(target=_claim_all, args=(f"{kind}{team}", name, ready, answers)) for name in MEMBERS]
    for process in started:
        process.start()
    told = dict(answers.get(timeout=120) for _ in MEMBERS)
    for process in started:
        process.join()
    for run, holder in claims.list_claims(stores.open_store(str(team)), "run").items():
        assert [name for name in MEMBERS if told[name][run][0]] == [holder]
        losers = [told[name][run] for name in MEMBERS if name != holder]
        assert all(f"by {holder};" in said and code == 3 for _, said, code in losers)
    assert len(list(team.rglob("*.json"))) == len(RUNS) == len(list(team.rglob("*"))) // 2


def test_a_claim_that_was_killed_leaves_none(team, monkeypatch):
    monkeypatch.setattr(os, "link", die)
    killed(lambda: create_file(team / "run-1" / "claim.json", b"{}"))
    assert [path.name[:4] for path in (team / "run-1").iterdir()] == ["tmp-"]
    monkeypatch.undo()
    assert create_file(team / "run-1" / "claim.json", b"{}")
    assert [path.name for path in (team / "run-1").iterdir()] == ["claim.json"]


def test_a_claim_is_given_back_by_its_holder_alone(team, member):
    store = stores.open_store(str(team))
    member("ann")
    assert claims.claim(store, "run", "run-1") and not claims.claim(store, "run", "run-1")
    assert claims.claim(store, "run-1", "run-1-wide")  # of a competition whose name begins alike
    assert claims.list_claims(store, "run") == {"run-1": "ann"} and claims.list_claims(store, "other") == {}
    member("bob")
    with pytest.raises(claims.ClaimedError, match="received by ann; ask them to give it back"):
        claims.release(store, "run-1")
    member("ann")
    claims.release(store, "run-1")
    claims.release(store, "run-1")
    member("bob")
    assert claims.claim(store, "run", "run-1")


def test_a_damaged_claim_is_nobodys_to_overlook_and_anybodys_to_give_back(team, member):
    store = stores.open_store(str(team))
    claims.claim(store, "run", "run-1")
    next(team.rglob("claim-*")).write_text("")
    with pytest.raises(claims.ClaimedError, match=r"received by \?; kit team --release"):
        claims.claim(store, "run", "run-1")
    claims.release(store, "run-1")
    assert claims.claim(store, "run", "run-1")


def test_who_has_no_name_claims_nothing(team, monkeypatch):
    monkeypatch.setattr(claims, "find_author", lambda: ("", ""))
    with pytest.raises(ConfigError, match="needs the name of a member; set KIT_AUTHOR"):
        claims.claim(stores.open_store(str(team)), "run", "run-1")
    assert not list(team.iterdir())


def test_a_claim_stays_if_something_may_have_been_sent_or_it_was_there_before(team, member):
    store = stores.open_store(str(team))
    for error, before, after in [
        (KaggleError("refused"), False, {}),
        (KaggleError("refused"), True, {"run-1": "ann"}),
        (LostAnswer("no answer"), False, {"run-1": "ann"}),
        (KeyboardInterrupt(), False, {"run-1": "ann"}),
        (None, False, {"run-1": "ann"}),
    ]:
        if before:
            claims.claim(store, "run", "run-1")
        try:
            with claims.hold(store, "run", "run-1"):
                if error:
                    raise error
        except BaseException as raised:
            assert raised is error
        assert claims.list_claims(store, "run") == after
        claims.release(store, "run-1")


def test_a_store_without_exclusive_files_says_what_it_cannot_promise(member, capsys, tmp_path):
    pytest.importorskip("fsspec")
    store = stores.open_store(f"memory://{tmp_path}")
    assert not store.exclusive and claims.claim(store, "run", "run-1")
    assert "two who claim at the same moment may both be told so" in capsys.readouterr().err
    member("bob")
    with pytest.raises(claims.ClaimedError, match="by ann"):
        claims.claim(store, "run", "run-1")
    store.files.protocol = ("s3", "s3a")
    try:
        assert store.exclusive
    finally:
        del store.files.protocol
    member("ann")
    claims.release(store, "run-1")
    assert claims.list_claims(store, "run") == {}


def test_where_two_wrote_the_last_has_it(member, monkeypatch, tmp_path):
    """Of a store that asks first and then writes, the first is told that it has lost."""
    pytest.importorskip("fsspec")
    store = stores.open_store(f"memory://{tmp_path}")
    plain = store.files.pipe_file

    def pipe(path, data, **how):
        plain(path, data, **how)
        plain(path, b'{"author": "bob"}')

    monkeypatch.setattr(store.files, "pipe_file", pipe, raising=False)
    with pytest.raises(claims.ClaimedError, match="received by bob"):
        claims.claim(store, "run", "run-1")


def test_a_store_that_refuses_in_words_of_its_own_has_the_claim_of_another(member, monkeypatch, tmp_path):
    """As s3fs does of stores that are not Amazon's: OSError, "precondition failed"."""
    pytest.importorskip("fsspec")
    store = stores.open_store(f"memory://{tmp_path}")

    def refuse(*_, **__):
        raise OSError(22, "precondition failed")

    monkeypatch.setattr(store.files, "pipe_file", refuse, raising=False)
    with pytest.raises(DataError, match="precondition failed"):
        claims.claim(store, "run", "run-1")
    monkeypatch.undo()
    claims.claim(store, "run", "run-1")
    monkeypatch.setattr(store.files, "pipe_file", refuse, raising=False)
    member("bob")
    with pytest.raises(claims.ClaimedError, match="received by ann"):
        claims.claim(store, "run", "run-1")


def test_only_a_file_url_is_a_folder(tmp_path):
    """Not every protocol with that word in its name."""
    pytest.importorskip("fsspec")
    assert isinstance(stores.open_store(f"file://{tmp_path}"), stores.Folder)
    assert isinstance(stores.open_store(f"filecache::memory://{tmp_path}"), stores.Url)
