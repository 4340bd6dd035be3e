"""`kit submit`: build, check, and only with --send upload."""

import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.competition import Competition
from kit.errors import ConfigError
from kit.submission import check, kaggle_list, packed, upload


@click.command()
@options.slug_argument
@click.argument("subject", metavar="(RUN | FILE.csv)", required=False)
@click.option(
    "--queue",
    is_flag=True,
    help="In place of a RUN: those that are worth a submission, in order; --send sends the first.",
)
@click.option("--send", is_flag=True, help="Upload the file to Kaggle; without it no request is made.")
@click.option("--wait", is_flag=True, help="With --send: wait for the score.")
@click.option("--timeout", type=click.FloatRange(min=0), default=900.0, show_default=True, help="Seconds --wait waits.")
@click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)  # Kaggle's rate limits are unpublished
@click.option("--again", is_flag=True, help="With --send: upload bytes that were uploaded before.")
@click.option(
    "-m", "--message", "words", default="", help="What to say about the file on Kaggle, before its run id, CV and hash."
)
@click.option("--local", is_flag=True, help="Score a RUN on the rows held out by `kit prepare --holdout`; no request.")
@click.option(
    "--reveal", is_flag=True, help="With --local: the private half, too. It is recorded, and no longer unseen."
)
@options.store_option()
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions,
    slug: str,
    subject: str | None,
    queue: bool,
    send: bool,
    wait: bool,
    timeout: float,
    poll: float,
    again: bool,
    words: str,
    local: bool,
    reveal: bool,
    where: str | None,
    as_json: bool,
) -> None:
    """Build the submission of a RUN, or take a FILE.csv (.csv.gz, .zip), and check its bytes against the sample.

    Prints path, rows and sha256. A file that fails the check ends with exit code 6 and is never uploaded. With --send, a run
    is claimed for today in the team's store, if there is one, and what others have claimed is left to them.
    """
    competition = obj.competition(slug)
    _check_options(competition, send, wait, again)
    wait_s = timeout if wait else None
    if queue:
        _check_queue(competition, subject, again, local or reveal)
        from kit.cli import queue as queued

        queued.run(competition, send, words, wait_s, poll, where, as_json)
        return
    if subject is None:
        raise click.UsageError("Missing argument '(RUN | FILE.csv)', or --queue.")
    if local or reveal:
        _local(competition, subject, local, send, reveal, as_json)
        return
    checked = check.build_or_read_checked(competition, subject)
    result = check.describe(competition, checked)
    if send:
        claimed = _claim(where, slug, checked.run.id) if where and checked.run else nullcontext
        record = upload.send(competition, checked, words, again=again, wait_s=wait_s, poll_s=poll, claimed=claimed)
        result |= {key: getattr(record, key) for key in ("ref", "status", "public_score", "private_score")}
        result["left_today"] = kaggle_list.count_left(competition.slug)
    text = [f"{key:<14}{value}" for key, value in result.items() if key != "notices" and value is not None]
    text += [f"{'notice':<14}{notice}" for notice in checked.report.notices]
    options.result(result, "\n".join(text), as_json=as_json)
    _say_next(competition, checked, subject, send, result.get("public_score"))


def _claim(where: str, slug: str, run: str) -> Callable[[], AbstractContextManager[None]]:
    """What claims it in the team's store for as long as it is sent."""
    from kit.sharing import claims, stores

    return partial(claims.hold, stores.open_store(where), slug, run)


def _check_options(competition: Competition, send: bool, wait: bool, again: bool) -> None:
    if send:
        competition.check_on_kaggle("leave --send out")
    if not send and options.typed_store():
        raise ConfigError("--store is where an upload is claimed", do="add --send")
    if not send and (wait or again):
        raise ConfigError(f"{'--wait' if wait else '--again'} is about an upload", do="add --send")


def _check_queue(competition: Competition, subject: str | None, again: bool, local: bool) -> None:
    competition.check_on_kaggle("see what is worth it with: kit next")
    if subject or again or local:
        received = subject or ("--again" if again else "--local or --reveal")
        raise ConfigError("--queue takes the runs that nobody has sent", received=received, expected="only SLUG")


def _local(competition: Competition, subject: str, local: bool, send: bool, reveal: bool, as_json: bool) -> None:
    """The run on the shadow leaderboard (kit.leaderboard.shadow)."""
    from kit import runs
    from kit.leaderboard import shadow
    from kit.runs import provenance

    if send or not local or packed.is_file(subject):
        wrong = "--send" if send else "--reveal without --local" if not local else subject
        raise ConfigError("--local scores a run on the rows held out here", received=wrong, expected="a RUN")
    run = runs.find(subject)
    provenance.check_competition(run, competition.slug)
    entry = shadow.submit(competition, run, reveal=reveal)
    standing = shadow.table(competition)
    result = {
        "run": run.id,
        "metric": competition.metric,
        "rank": [one.run for one in standing].index(run.id) + 1,
        "runs": len(standing),
        "public": entry.public,
        "private": entry.private,
        "revealed": sum(one.revealed is not None for one in standing),
        "table": [one.run for one in standing],
    }
    rows = [
        {
            "rank": rank,
            "run": one.run,
            f"public {competition.metric}": f"{one.public['score']:.5f} ±{one.public['error']:.5f}",
            "private": f"{one.private['score']:.5f} ±{one.private['error']:.5f}" if one.private else "",
        }
        for rank, one in enumerate(standing, 1)
    ]
    seen = f"private scores revealed so far: {result['revealed']}; each one makes the private half less of a last check"
    halves = f"{entry.public['rows']} public rows, half of what is held out"
    options.result(
        result,
        "\n".join([f"rank {result['rank']} of {len(rows)}, on {halves}", seen, "", options.table(rows)]),
        as_json=as_json,
    )
    options.next_step(f"submit {competition.slug} {run.id}")


def _say_next(competition: Competition, checked: check.Checked, subject: str, sent: bool, score: float | None) -> None:
    if sent and score is None:
        options.next_step(f"submissions {competition.slug} --wait")
    elif competition.scored_here or sent:
        options.next_step(f"report {checked.run.id}" if checked.run else "runs")
    else:
        options.next_step(f"submit {competition.slug} {shlex.quote(subject)} --send --wait")
