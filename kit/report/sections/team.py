"""Who of the team has which runs here, who sends what today, and what nobody has tried."""

from collections.abc import Mapping

from kit.competition import Competition
from kit.leaderboard import team
from kit.leaderboard.ledger import Entry
from kit.report.render import html
from kit.stats.digits import write_error


def section(competition: Competition, entries: list[Entry], claims: Mapping[str, str] | None = None) -> str:
    """entries: what was sent, oldest first. claims: by run, who means to send it today; None if that is not known."""
    known = team.list_runs(competition)
    rows = [
        {
            "member": one["member"],
            "runs here": one["runs"],
            "best": one["best"],
            "±": None if one["error"] is None else write_error(one["error"]),
            "of": one["best_run"] or "",
            "sent": one["sent"],
            "best public": one["best_public"],
            "sent today": ", ".join(one["sent_today"]),
            **({} if claims is None else {"will send": ", ".join(one["claims"])}),
        }
        for one in team.list_members(competition, known, entries, claims or {})
    ]
    untried = ", ".join(team.list_untried(competition, known))
    words = f"Nobody has a finished run here of: {untried}." if untried else ""
    if not rows:
        return html.empty_note("no run is finished yet, and nothing was sent") + html.paragraph(words)
    return html.table(rows) + html.paragraph(words)
