"""After the end: which forecasts of private scores held, and what each way to choose two cost against the best two."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit import metrics, paths
from kit.competition import Competition
from kit.data import corrections
from kit.errors import DataError
from kit.leaderboard import candidates, final_two, listed
from kit.leaderboard.ledger import Entry


def look_back(
    proposal: Mapping[str, Any], entries: Sequence[Entry], sign: int, ticked: Collection[int] | None = None
) -> dict[str, Any] | None:
    """None as long as Kaggle shows no private score. sign: of kit.competition.Metric. ticked: what the team has chosen at
    Kaggle, by reference; None if that is not known.

    best: the best private score of the team, and so that of the best two. pairs: of each way to choose, the better private
    score of its two, by how much that is worse than `best`, and whether the interval held it; None where a score is not known.
    runs: of each its forecast and private score, how many standard errors that is better, and whether the interval held it.
    held: how many did. ticked: refs, the better private score of what was chosen, and its cost; None where that is not known.
    """
    shown = [entry for entry in entries if entry.private is not None]
    if not shown:
        return None
    best = max(shown, key=lambda entry: sign * (entry.private or 0.0))
    private: dict[str, Any] = {entry.name: entry.private for entry in shown}
    runs = [_judge_forecast(run, private[run["run"]], sign) for run in proposal["runs"] if run["run"] in private]
    pairs = {name: _cost(proposal[name], private, best.private, sign) for name in final_two.PAIRS if proposal[name]}
    return {
        "best": {"ref": best.ref, "run": best.run, "private": best.private},
        "pairs": pairs,
        "runs": runs,
        "held": sum(run["held"] for run in runs),
        "ticked": _judge_ticked([entry for entry in shown if entry.ref in (ticked or ())], best.private, sign),
    }


def _judge_ticked(chosen: Sequence[Entry], best: Any, sign: int) -> dict[str, Any] | None:
    if not chosen:
        return None
    got: Any = max((entry.private for entry in chosen), key=lambda score: sign * (score or 0.0))
    return {"refs": [entry.ref for entry in chosen], "private": got, "cost": sign * (best - got)}


def _judge_forecast(run: Mapping[str, Any], private: Any, sign: int) -> dict[str, Any]:
    off = sign * (private - run["forecast"]) / run["forecast_error"]
    told = {key: run[key] for key in ("run", "forecast", "forecast_error")}
    return {**told, "private": private, "off": off, "held": abs(off) <= final_two.WITHIN}


def _cost(pair: Mapping[str, Any], private: Mapping[str, Any], best: Any, sign: int) -> dict[str, Any] | None:
    if not all(run in private for run in pair["runs"]):
        return None
    got = max((private[run] for run in pair["runs"]), key=lambda score: sign * score)
    low, high = pair["interval"]
    return {"private": got, "cost": sign * (best - got), "held": low <= got <= high}


def tell(competition: Competition, entries: Sequence[Entry]) -> dict[str, Any] | None:
    """As `look_back`, with the forecast of what was submitted. Raises DataError for less than two submissions, where none of
    their runs is here, and for a competition that does not say its public share.
    """
    if all(entry.private is None for entry in entries):
        return None
    if competition.public_share is None:
        raise DataError("a forecast needs the public share of the test rows", do="public_share=... in competition.py")
    public = candidates.read_submitted(competition.slug)
    sent = [run for run in candidates.list_finished(competition) if run.id in public]
    compared, _, assumed = listed.gather(competition, sent, entries)
    if not compared or len(compared) + len(assumed) < 2:
        raise DataError(
            "a look back needs two submissions, a run here among them", received=len(compared), do="kit runs pull"
        )
    known = corrections.read_clean_labels(competition, paths.data(competition.slug))
    proposal = final_two.propose(competition, compared, known, public, competition.public_share, assumed)
    return look_back(proposal, entries, metrics.find(competition).sign)
