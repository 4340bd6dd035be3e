"""kit team"""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.stats.digits import write_with_error


@click.command()
@options.slug_argument
@options.store_option()
@click.option(
    "--claim", metavar="RUN", help="You mean to send that run today: teammates see it, and cannot claim it as well."
)
@click.option("--release", metavar="RUN", help="You do not mean to send it any more: give your claim back.")
@click.option("--offline", is_flag=True, help="As Kaggle last said; it is not asked.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions,
    slug: str,
    where: str | None,
    claim: str | None,
    release: str | None,
    offline: bool,
    as_json: bool,
) -> None:
    """Who of the team has which runs, who sends what today, how many submissions are left, and what nobody has tried.

    Runs are those here and in the team's store, submissions those of Kaggle's list. A member is known by KIT_AUTHOR, best the
    name at Kaggle: else by KAGGLE_USERNAME, user.name of git, or the login name.
    """
    from kit.leaderboard import ledger, team
    from kit.sharing import claims, remote, stores
    from kit.submission import kaggle_list

    competition = obj.competition(slug)
    if claim or release:
        options.need_store(where, "a claim")
    store = stores.open_store(where) if where else None
    shared = remote.list_shared(store, slug, obj.folders) if store else []
    known = team.list_runs(competition, shared)
    if store and release:
        claims.release(store, _find_run(release, known))
    if store and claim:
        claims.claim(store, slug, _find_run(claim, known))
    entries = ledger.refresh(competition, offline=offline)
    asked = not offline and not competition.scored_here
    claimed = claims.list_claims(store, slug) if store else {}
    answer = {
        "members": team.list_members(competition, known, entries, claimed),
        "left_today": kaggle_list.count_left(slug) if asked else None,
        "untried": team.list_untried(competition, known),
    }
    options.result(answer, _text(competition.metric, answer), as_json=as_json)
    options.next_step(f"runs pull --best 3{options.typed_store()}   (or: kit next {slug})" if where else f"next {slug}")


def _find_run(reference: str, known: list[dict[str, Any]]) -> str:
    from kit import runs

    return runs.one_of(reference, [row["run"] for row in known if row["shared"]], "the team's store", "push it first")


def _text(metric: str, answer: dict[str, Any]) -> str:
    rows = [
        {
            "member": row["member"],
            "runs": row["runs"],
            "shared": row["shared"],
            f"best {metric}": "" if row["best"] is None else write_with_error(row["best"], row["error"]),
            "of": row["best_run"] or "",
            "sent": row["sent"],
            "best public": "" if row["best_public"] is None else f"{row['best_public']:.5f}",
            "sent today": ", ".join(row["sent_today"]),
            "will send": ", ".join(row["claims"]),
        }
        for row in answer["members"]
    ]
    left = answer["left_today"]
    return "\n".join(
        [
            options.table(rows) or "no runs yet",
            "",
            f"left today     {'not asked' if left is None else left}",
            f"not tried      {', '.join(answer['untried']) or 'nothing that this competition names'}",
        ]
    )
