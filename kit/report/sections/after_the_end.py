"""After the end: private scores against what was forecast of them, and what each way to choose two would have cost."""

from typing import Any

from kit.competition import Competition
from kit.leaderboard import final_two, post_mortem
from kit.leaderboard.ledger import Entry
from kit.report.render import html
from kit.stats.digits import write_with_error


def section(competition: Competition, entries: list[Entry]) -> str:
    """entries: with a private score among them. Raises DataError as kit.leaderboard.post_mortem."""
    after = post_mortem.tell(competition, entries)
    if after is None:
        return html.empty_note("Kaggle shows no private score yet")
    best, runs = after["best"], after["runs"]
    cards = [
        ("best private", f"{best['private']:.5f}", best["run"] or str(best["ref"])),
        ("forecasts that held", f"{after['held']} of {len(runs)}", "80 % were to"),
    ]
    pairs = [
        {"two": final_two.PAIRS[name], "better private score": one["private"], "cost against the best two": one["cost"]}
        for name, one in after["pairs"].items()
        if one
    ]
    words = "What was forecast knows no private score: CV, public scores, and how alike the runs are."
    return (
        html.cards(cards)
        + html.table(pairs)
        + html.paragraph(words)
        + html.table([_row(run) for run in runs], tall=True)
    )


def _row(run: dict[str, Any]) -> dict[str, Any]:
    return {
        "run": run["run"],
        "forecast": write_with_error(run["forecast"], run["forecast_error"]),
        "private": run["private"],
        "standard errors better": f"{run['off']:+.1f}",
        "80 % interval": "held" if run["held"] else "missed",
    }
