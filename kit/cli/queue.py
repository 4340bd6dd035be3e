"""`kit submit SLUG --queue`: the runs that are worth a submission, in the order to send them, and the next of them."""

from contextlib import nullcontext
from functools import partial
from typing import Any

from kit.cli import options
from kit.competition import Competition
from kit.errors import ConfigError, DataError
from kit.progress import say
from kit.stats.digits import write_with_error
from kit.submission import check, kaggle_list, once, upload
from kit.submission.records import Record


def run(
    competition: Competition,
    send: bool,
    words: str,
    wait_s: float | None,
    poll_s: float,
    where: str | None,
    as_json: bool,
) -> None:
    """Prints the queue; with `send` uploads the first run whose bytes nobody has sent, and that nobody has claimed in the
    team's store `where`, if anything is left today.
    """
    from kit.leaderboard import ledger, next_steps

    ledger.refresh(competition)
    left = kaggle_list.count_left(competition.slug)
    rated = next_steps.rate_finished(competition)
    queue = [record for record in rated["candidates"] if record["worth"]]
    result: dict[str, Any] = {"left_today": left, "queue": queue}
    if send:
        record = _send_next(competition, [one["run"] for one in queue], left, words, wait_s, poll_s, where)
        result["sent"] = {key: getattr(record, key) for key in ("run", "ref", "status", "public_score")}
        result["left_today"] = kaggle_list.count_left(competition.slug)
    options.result(result, "\n".join(_text(result, competition.metric)), as_json=as_json)
    options.next_step(_find_next(competition.slug, bool(queue), send, wait_s is not None))


def _find_next(slug: str, queued: bool, sent: bool, waited: bool) -> str:
    if sent:
        return f"leaderboard {slug}" if waited else f"submissions {slug} --wait"
    return f"submit {slug} --queue --send --wait" if queued else f"train {slug}"


def _send_next(
    competition: Competition,
    queue: list[str],
    left: int | None,
    words: str,
    wait_s: float | None,
    poll_s: float,
    where: str | None,
) -> Record:
    from kit.sharing import claims, stores

    store = stores.open_store(where) if where else None
    if left == 0:
        raise ConfigError("nothing is left of today's submissions", do="they renew at midnight UTC")
    for run in queue:
        checked = check.build_or_read_checked(competition, run)
        claimed = partial(claims.hold, store, competition.slug, run) if store else nullcontext
        try:
            return upload.send(competition, checked, words, wait_s=wait_s, poll_s=poll_s, claimed=claimed)
        except (claims.ClaimedError, once.SentBefore) as error:  # by a teammate, or under another name
            say(f"{run} is passed over: {error}")
    if queue:
        raise DataError(
            "nothing was sent: all runs of the queue were passed over", received=len(queue), do="train something other"
        )
    raise DataError("the queue is empty: no run here is worth a submission", do="train something better or other")


def _text(result: dict[str, Any], metric: str) -> list[str]:
    left, sent = result["left_today"], result.get("sent")
    rows = [
        {"": place, "run": one["run"], metric: write_with_error(one["score"], one["error"]), "why": one["why"]}
        for place, one in enumerate(result["queue"], 1)
    ]
    lines = [f"left today     {'not known' if left is None else left}"]
    if sent:
        lines.append(
            f"sent           {sent['run']}, as submission {sent['ref']}, score {sent['public_score'] or 'not yet'}"
        )
    return [*lines, "", options.table(rows) or "the queue is empty: no run here is worth a submission"]
