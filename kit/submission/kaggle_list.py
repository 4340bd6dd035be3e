"""Kaggle's own list of the team's submissions, as it was last read.

runs/submissions/<slug>/kaggle/submissions/ holds one JSON file per submission: files of several members can lie there together,
in any number of copies. listed.json beside it says when the whole list was read from here.
"""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from kit import paths
from kit.errors import DataError, KitError
from kit.json_files import read_json, write_json
from kit.kaggle import credentials
from kit.kaggle.submissions import KaggleSubmission
from kit.progress import bar, say

MAX_AGE_S = 60  # of a list that advice is taken from


def folder(slug: str) -> Path:
    """What Kaggle said last about a competition."""
    return paths.submissions(slug) / "kaggle"


def fetch(slug: str) -> dict[int, KaggleSubmission]:
    """Asks Kaggle for the whole list, keeps it, and returns it by reference. Raises AccessError or KaggleError."""
    from kit.kaggle import submissions

    asked = _now().isoformat(timespec="seconds")
    listed = {row.ref: row for row in submissions.list_all(slug)}
    keep(slug, listed.values())
    write_json(folder(slug) / "listed.json", {"asked": asked})
    return listed


def refresh(slug: str, *, offline: bool = False) -> None:
    """Makes the kept list no older than a minute, and asks again while a score is pending; where that cannot be, or is not
    wanted, says how old it is.
    """
    if not offline and _is_recent(read_asked(slug)) and all(row.status != "pending" for row in rows(slug).values()):
        return
    if not offline and credentials.find().source:
        try:
            fetch(slug)
            return
        except KitError as error:
            say(str(error))
    say(describe_age(slug))


def count_left(slug: str) -> int | None:
    """Submissions that are left today; None where Kaggle cannot be asked or does not say, which is no reason to stop."""
    if credentials.find().source is None:
        return None
    from kit.kaggle import submissions

    try:
        return submissions.count_remaining(slug)
    except KitError as error:
        say(f"the allowance is not known: {error}")
        return None


def ask_ticked(slug: str) -> set[int] | None:
    """Which submissions the team has chosen for the private board, by reference; None where Kaggle cannot be asked."""
    if credentials.find().source is None:
        return None
    from kit.kaggle import submissions

    try:
        return {row.ref for row in submissions.list_all(slug, ticked=True)}
    except KitError as error:
        say(f"what is ticked at Kaggle is not known: {error}")
        return None


def read_asked(slug: str) -> datetime.datetime | None:
    """When the kept list was read, UTC; None if it never was."""
    try:
        return datetime.datetime.fromisoformat(read_json(folder(slug) / "listed.json")["asked"])
    except (DataError, KeyError, TypeError, ValueError):
        return None


def describe_age(slug: str) -> str:
    asked = read_asked(slug)
    return f"{describe_asked(slug)}{f', {_format_age(_now() - asked)} ago' if asked else ''}"


def describe_asked(slug: str) -> str:
    asked = read_asked(slug)
    if asked is None:
        return "Kaggle's list of submissions was not read yet: what teammates sent is not known here"
    return f"Kaggle's list of submissions was read at {asked:%Y-%m-%d %H:%M} UTC"


def keep(slug: str, listed: Iterable[KaggleSubmission]) -> None:
    """Writes what is new, each submission into its own file; never less than is known of it, as in an answer that came late."""
    known = rows(slug)
    new = [row for row in listed if _is_news(row, known.get(row.ref))]
    for row in bar(new, label="keeping Kaggle's list", unit="submission"):
        write_json(folder(slug) / "submissions" / f"{row.ref}.json", asdict(row))


def _is_news(row: KaggleSubmission, known: KaggleSubmission | None) -> bool:
    return known is None or (row != known and knowledge(row) >= knowledge(known))


def rows(slug: str) -> dict[int, KaggleSubmission]:
    """Kaggle's rows as they are kept here, by reference; of several copies, the one that knows most."""
    by_ref: dict[int, KaggleSubmission] = {}
    for path in sorted((folder(slug) / "submissions").glob("[!t]*.json")):  # tmp-*: left by a killed process
        try:
            value = read_json(path)
            row = KaggleSubmission(**{field.name: value[field.name] for field in fields(KaggleSubmission)})
        except (DataError, TypeError, KeyError):
            say(f"{path} is no submission of Kaggle's list and is left out; without --offline it is fetched again")
            continue
        by_ref[row.ref] = max(row, by_ref.get(row.ref, row), key=knowledge)
    return by_ref


def knowledge(row: KaggleSubmission) -> tuple[bool, bool, bool]:
    """Greater for a row that knows more."""
    return row.status != "pending", bool(row.private_score), bool(row.submitted_by)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _is_recent(asked: datetime.datetime | None) -> bool:
    return asked is not None and 0 <= (_now() - asked).total_seconds() < MAX_AGE_S


def _format_age(age: datetime.timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    for unit, size in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} minutes"
