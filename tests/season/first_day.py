"""The first day: everybody prepares and trains, runs are shared, and five submissions are spent once."""

import hashlib
from pathlib import Path

from tests.season import figures
from tests.season.members import Member
from tests.season.season import Season, check_run, send
from tests.season.world import SLUG

REFUSED, OF_KAGGLE = 2, 5  # exit codes


def prepare(season: Season) -> None:
    for member in season.members:
        member.succeed("download", SLUG)
        member.succeed("prepare", SLUG, "--folds", "3")
    tables = {
        hashlib.sha256((one.home / "data" / SLUG / "folds.csv").read_bytes()).hexdigest() for one in season.members
    }
    season.claims.equal("folds.csv of three members, different ones", len(tables), 1)


def train_first(season: Season) -> None:
    ann = season.members[0]
    season.runs["base"] = ann.take("train", SLUG, "--name", "base")
    check_run(season, "base")
    send(season, ann, "base")


def train_in_the_same_second(season: Season) -> None:
    _, bob, cyd = season.members
    width = (("bob's wide", bob, "24"), ("cyd's wide", cyd, "32"))
    started = [
        (name, one, one.start("train", SLUG, "--name", "wide", "--set", f"width={to}")) for name, one, to in width
    ]
    for name, member, process in started:
        season.runs[name] = member.finish(process).stdout.split()[-1]
        check_run(season, name)
    ids = {season.runs[name] for name, _, _ in width}
    season.claims.equal("two trainings of one second, different ids", len(ids), 2)


def share(season: Season) -> None:
    ann, bob, cyd = season.members
    for name, member in (("base", ann), ("bob's wide", bob), ("cyd's wide", cyd)):
        member.succeed("runs", "push", season.runs[name], "--store", str(season.store))
    listed = {
        one["run"]: (one["author"], one["score"]) for one in cyd.read("runs", "remote", "--store", str(season.store))
    }
    scores = {name: figures.accuracy(season.folder(name), season.labels)[0] for name in season.runs}
    season.claims.equal(
        "authors in the shared store", [listed[run][0] for run in season.runs.values()], ["ann", "bob", "cyd"]
    )
    for name, run in season.runs.items():
        season.claims.equal(f"{name}: its score there, before any pull", listed[run][1], scores[name], within=1e-9)
    for member in (bob, cyd):
        member.succeed("runs", "pull", "--store", str(season.store))
        here = {record["run"] for record in member.read("runs", "list", SLUG)}
        season.claims.equal(f"runs of the team that {member.name} has after a pull", len(here), 3)


def send_what_a_teammate_sent(season: Season) -> None:
    """Bob has Ann's run, but no record of her upload."""
    _, bob, cyd = season.members
    before, base = len(season.kaggle.submissions), season.runs["base"]
    done = bob.run("submit", SLUG, base, "--send")
    season.claims.equal("Ann's submission again, by Bob: counted", len(season.kaggle.submissions) - before, 0)
    season.claims.holds(
        "... refused, with the option to type", done, done.returncode == REFUSED and "--again" in done.stderr
    )
    told = cyd.run("next", SLUG)
    season.claims.holds("next advises nothing that a teammate sent", told, f"submit {SLUG} {base}" not in told.stderr)
    told = cyd.run("pick", SLUG, "--public-share", "0.5")
    season.claims.holds("pick of a single candidate names what is missing", told, told.returncode == 3)


def lose_the_answer(season: Season) -> None:
    """Kaggle counts Bob's upload, and its answer is a web page; he types the same again."""
    bob, before = season.members[1], len(season.kaggle.submissions)
    season.kaggle.board.lose = 1
    codes = [bob.run("submit", SLUG, season.runs["bob's wide"], "--send").returncode for _ in range(2)]
    season.claims.equal("an upload whose answer is lost, repeated: counted", len(season.kaggle.submissions) - before, 1)
    season.claims.holds("... and the first says so", f"exit codes {codes}", codes[0] in (0, OF_KAGGLE))


def race_for_the_last(season: Season) -> None:
    """Ann and Cyd send different files while one submission is left."""
    ann, _, cyd = season.members
    for place in range(4 - len(season.kaggle.submissions)):
        ann.succeed("submit", SLUG, _write_constant(season, ann, place), "--send", "-m", f"constant {place}")
    started = [
        (cyd, cyd.start("submit", SLUG, season.runs["cyd's wide"], "--send")),
        (ann, ann.start("submit", SLUG, _write_constant(season, ann, 9), "--send")),
    ]
    codes = sorted(member.finish(process).returncode for member, process in started)
    season.claims.equal("two at once for the day's last: exit codes", codes, [0, OF_KAGGLE])
    season.claims.equal("... and Kaggle counted on this day", len(season.kaggle.submissions), 5)


def _write_constant(season: Season, member: Member, digit: int) -> str:
    """A file of one digit, made without the kit."""
    file = Path(member.home / f"constant-{digit}.csv")
    file.write_text("Id,Label\n" + "".join(f"{name},{digit}\n" for name in season.world.ids))
    return str(file)


SCENES = (
    prepare,
    train_first,
    train_in_the_same_second,
    share,
    send_what_a_teammate_sent,
    lose_the_answer,
    race_for_the_last,
)
