"""What the team is to do next: the run that is worth a submission, and why, or what to try."""

from typing import Any

from kit.leaderboard import next_steps, team
from kit.report.render import html
from kit.report.season_runs import Season
from kit.suggest import complete

SHOWN = 5  # candidates


def section(about: Season, left: int | None) -> str:
    """left: submissions that are left today, None if that is not known. Raises DataError for predictions that are damaged."""
    if not about.finished:
        return html.empty_note(f"no run is finished yet: kit train {about.competition.slug}")
    rated = next_steps.rate_finished(about.competition)["candidates"]
    worth = [one for one in rated if one["worth"]]
    pending = sum(one.status == "pending" for one in about.sent)
    cards = [
        ("left today", "not asked" if left is None else str(left), "submissions"),
        ("worth one", str(len(worth)), f"of {len(rated)} not sent"),
        ("pending", str(pending), "scores"),
    ]
    table = next_steps.describe(rated[:SHOWN], about.competition.metric)
    for row in table:
        del row["may add"]  # for which a page has no room beside the reason; kit next shows it
    return html.cards(cards) + html.paragraph(complete(_advise(about, worth, left))) + html.table(table)


def _advise(about: Season, worth: list[dict[str, Any]], left: int | None) -> str:
    slug = about.competition.slug
    if any(one.private is not None for one in about.sent):
        return "The competition is over: what it tells stands below, at After the end."
    if worth and left == 0:
        return f"Nothing is left today. First tomorrow: {worth[0]['run']}, {worth[0]['why']}."
    if worth:
        send = "" if about.competition.scored_here else " --send --wait"
        return f"{worth[0]['run']}, {worth[0]['why']}: kit submit {slug} {worth[0]['run']}{send}"
    untried = team.list_untried(about.competition, team.list_runs(about.competition))
    if not untried:
        return f"No run is worth a submission; train something better, or other: kit train {slug}"
    typed = " ".join(map(" ".join, zip(("--recipe", "--backbone"), untried[0].split(), strict=False)))
    return f"No run is worth a submission; train something other, as nobody has tried {untried[0]}: kit train {slug} {typed}"
