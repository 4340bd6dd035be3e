"""A pull or a push that was killed leaves nothing after the next one."""

from kit.sharing import arrival, stores
from tests.sharing.teammate import contents, leave, left
from tests.test_temporary import die, killed


def test_a_pull_that_was_killed_leaves_nothing_after_the_next(cli, make_run, team):
    run = make_run("a")
    cli("runs", "push", run.id, "--store", str(team))
    was = leave(run)

    def pull():
        arrival.check = die
        cli("runs", "pull", "--store", str(team))

    killed(pull)
    assert len(left()) == 1 and left() != [run.id]
    cli("runs", "pull", "--store", str(team))
    assert left() == [run.id] and contents(run.folder)["oof.npz"] == was["oof.npz"]


def test_a_push_that_was_killed_leaves_nothing_after_the_next(cli, make_run, team, tmp_path):
    run = make_run("a")

    def push():
        stores.shutil.copyfile = lambda _, target: die(target.write_bytes(b"half"))
        cli("runs", "push", run.id, "--store", str(team))

    killed(push)
    assert len(list(team.rglob("tmp-*"))) == 1
    (team / run.id).mkdir()
    theirs = team / run.id / f"tmp-{'0' * 8}-1-1-01234567-new-oof.npz"  # of a machine that may still be at it
    theirs.touch()
    cli("runs", "push", run.id, "--store", str(team))
    assert (team / run.id / "manifest.json").exists() and list(team.rglob("tmp-*")) == [theirs]
