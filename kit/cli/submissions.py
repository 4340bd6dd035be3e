"""kit submissions"""

import time
from dataclasses import asdict
from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import ConfigError
from kit.stats.digits import write_with_error


@click.command()
@options.slug_argument
@click.option("--wait", is_flag=True, help="Until no score is pending.")
@click.option("--offline", is_flag=True, help="As Kaggle last said; no request is made.")
@click.option("--timeout", type=click.FloatRange(min=0), default=900.0, show_default=True, help="Seconds --wait waits.")
@click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, slug: str, wait: bool, offline: bool, timeout: float, poll: float, as_json: bool
) -> None:
    """Every submission of the team, oldest first: by whom, of which run, its CV and Kaggle's scores.

    Kaggle's own list is the ledger: the message of each upload carries run, CV and hash, so runs of others show as well.
    CV is that of the run if it is here, else as the message has it. Why a submission failed stands below the table.
    """
    from kit.leaderboard import ledger

    competition = obj.competition(slug)
    competition.check_on_kaggle()
    if wait and offline:
        raise ConfigError("--wait asks Kaggle and --offline does not", do="leave one of them out")
    entries = ledger.refresh(competition, offline=True) if offline else ledger.fetch(slug)
    if wait and any(entry.status == "pending" for entry in entries):
        entries = _await_scores(slug, entries, timeout, poll)
    text = options.table([_row(entry) for entry in entries]) or "no submissions yet"
    options.result([asdict(entry) for entry in entries], "\n".join([text, *_notes(slug, entries)]), as_json=as_json)
    pending = any(entry.status == "pending" for entry in entries)
    options.next_step(f"submissions {slug} --wait" if pending else f"leaderboard {slug}")


def _await_scores(slug: str, entries: list[Any], timeout_s: float, poll_s: float) -> list[Any]:
    from kit.kaggle import submissions
    from kit.leaderboard import ledger

    end = time.monotonic() + timeout_s
    for entry in entries:
        if entry.status == "pending":
            submissions.wait(slug, entry.ref, timeout_s=max(0, end - time.monotonic()), poll_s=poll_s)
    return ledger.fetch(slug)


def _notes(slug: str, entries: list[Any]) -> list[str]:
    """Why submissions failed, in full, how far the CVs are only told, and uploads whose answer was lost."""
    from kit import paths
    from kit.submission import records

    notes = [
        f"{entry.ref} failed: {entry.error or 'Kaggle gives no reason'}" for entry in entries if entry.status == "error"
    ]
    away = {entry.run for entry in entries if entry.run and not (paths.runs() / entry.run).exists()}
    if away:
        notes.append(f"{len(away)} of the runs are not here: their CV is the one in the message")
    open_uploads = [one.run or one.file for one in records.list_open(slug).values()]
    if open_uploads:
        names = ", ".join(open_uploads)
        notes.append(f"without an answer from Kaggle yet: {names}; `kit submit` settles it before it sends anything")
    return notes


def _row(entry: Any) -> dict[str, Any]:
    return {
        "when": entry.when[:16].replace("T", " "),
        "ref": entry.ref,
        "by": entry.by,
        "run": entry.run or " ".join(entry.message.split())[:60],
        "CV": write_with_error(entry.cv, entry.cv_error),
        "public": write_with_error(entry.public),
        "private": write_with_error(entry.private),
        "status": entry.status,
    }
