"""Which run is worth one of the day's submissions.

The rule. The bar is the best run submitted so far, by its score out of fold. Candidates are taken from the best score down:

- nothing is submitted yet: the first one, to learn how the public board relates to cross-validation;
- it would say exactly what a submitted run said: not worth it;
- it beats the bar by more than twice the standard error of the gain: worth it, and it is the bar from here on;
- it is equal to the bar within the noise, ahead by no more than that or behind by less than one standard error, and decides
  otherwise than everything submitted or proposed on at least half as many test rows as the bar has mistakes (numbers: by
  half of what it is off on average): worth it as the different one of a final two;
- else not: a gain that no test can tell from zero is no reason to spend a submission.

The probability is that of a normal distribution around the paired gain on the rows that both judged out of fold. It is not
corrected for how many candidates were compared: the best of thirty equals looks better than it is.
"""

from typing import Any

import numpy as np
from scipy.special import ndtr

from kit import metrics, paths
from kit.competition import Competition
from kit.data import corrections
from kit.leaderboard.candidates import MAX_CANDIDATES, Candidate, list_finished, load, read_submitted
from kit.predictions import match_ids
from kit.stats import paired
from kit.stats.digits import write_gain, write_with_error
from kit.stats.known import Known
from kit.stats.paired import is_noise
from kit.targets import Target

BEHIND = 0.16  # the probability of being better when a standard error behind
DIFFERENT = 0.5  # of the bar's mistakes


def probability(gain: float, error: float) -> float:
    """That a gain is truly above 0: 1/2 where nothing is known against it."""
    if np.isnan(error):
        return 0.5
    if error == 0:
        return 0.5 if gain == 0 else float(gain > 0)
    return float(ndtr(gain / error))


def estimate_improvement(gain: float, error: float) -> float:
    """The expected improvement (Mockus 1978): the mean of what is above 0 of a normal distribution around the gain. That is
    what there is to win by a submission, if the better of the two is kept.
    """
    if error == 0 or np.isnan(error):
        return max(gain, 0.0)
    return float(gain * ndtr(gain / error) + error * np.exp(-((gain / error) ** 2) / 2) / np.sqrt(2 * np.pi))


def gain_over(competition: Competition, ours: Candidate, theirs: Candidate, known: Known) -> tuple[float, float, int]:
    """(gain of ours, its standard error, shared rows); without shared rows, the difference of two independent scores."""
    if pair := paired.compare(competition, ours.oof, theirs.oof, known):
        return pair.gain, pair.error, len(pair.labels)
    sign = metrics.find(competition).sign
    return sign * (ours.score - theirs.score), float(np.hypot(ours.error, theirs.error)), 0


def rate_finished(competition: Competition) -> dict[str, Any]:
    """The finished runs here that nobody has submitted, as `rate` has them; the runs that were; and those of lower scores."""
    finished, sent = list_finished(competition), read_submitted(competition.slug)
    before = [run for run in finished if run.id in sent][:MAX_CANDIDATES]
    fresh = [run for run in finished if run.id not in sent]
    loaded = load(competition, before + fresh[:MAX_CANDIDATES])
    known = corrections.read_clean_labels(competition, paths.data(competition.slug)) if fresh else None
    bars, others = ([one for one in loaded if (one.run.id in sent) is asked] for asked in (True, False))
    rated = rate(competition, others, bars, known) if known else []
    return {
        "submitted": [run.id for run in before],
        "not_compared": [run.id for run in fresh[MAX_CANDIDATES:]],
        "candidates": rated,
    }


def rate(
    competition: Competition,
    candidates: list[Candidate],
    submitted: list[Candidate],
    known: Known,
) -> list[dict[str, Any]]:
    """A record per candidate in the order given, which is that of their scores: the best first."""
    bar = submitted[0] if submitted else None
    taken, rated = list(submitted), []
    for one in candidates:
        record = _compare_with_bar(competition, one, bar, taken, known)
        record["worth"], record["why"] = _verdict(competition.target, record, one, bar, submitted, taken, known)
        rated.append(record)
        if record["worth"]:
            taken.append(one)
            bar = one if bar is None or _is_clear(record) else bar
    return rated


def describe(rated: list[dict[str, Any]], metric: str) -> list[dict[str, str]]:
    """A line for people of each candidate of `rate`: its cells by the heads of their columns."""
    return [
        {
            "run": one["run"],
            metric: write_with_error(one["score"], one["error"]),
            "gain": "" if one["gain"] is None else write_gain(one["gain"], one["gain_error"]),
            "may add": "" if one["may_add"] is None else f"{one['may_add']:.5f}",
            "worth it": "yes" if one["worth"] else "no",
            "why": one["why"],
        }
        for one in rated
    ]


def _compare_with_bar(
    competition: Competition,
    one: Candidate,
    bar: Candidate | None,
    taken: list[Candidate],
    known: Known,
) -> dict[str, Any]:
    metric, margin = metrics.find(competition), 1.96 * one.error
    interval = [max(metric.low, one.score - margin), min(metric.high, one.score + margin)]
    record: dict[str, Any] = {"run": one.run.id, "score": one.score, "error": one.error, "interval": interval}
    record |= dict.fromkeys(("against", "gain", "gain_error", "shared_rows", "better", "may_add", "differs", "nearest"))
    if bar is not None:
        gain, error, rows = gain_over(competition, one, bar, known)
        record |= {"against": bar.run.id, "gain": gain, "gain_error": error, "shared_rows": rows}
        distance = competition.target.distance
        shares = [float(distance(one.decided, other.decided).mean()) for other in taken]
        nearest = int(np.argmin(shares))
        record |= {
            "better": probability(gain, error),
            "may_add": estimate_improvement(gain, error),
            "differs": shares[nearest],
            "nearest": taken[nearest].run.id,
        }
    return record


def _is_clear(record: dict[str, Any]) -> bool:
    return bool(record["gain"] > 0 and not is_noise(record["gain"], record["gain_error"]))


def _verdict(
    target: Target,
    record: dict[str, Any],
    one: Candidate,
    bar: Candidate | None,
    submitted: list[Candidate],
    taken: list[Candidate],
    known: Known,
) -> tuple[bool, str]:
    if bar is None:
        return True, "the first: shows how the public score relates to this one"
    if twin := next((other for other in taken if other.content_hash == one.content_hash), None):
        return False, f"identical predictions to {twin.run.id}"
    better, differs = record["better"], target.describe_distance(record["differs"])
    if _is_clear(record):
        of = "submitted" if submitted and bar is submitted[0] else "so far"
        return True, f"clearly better than the best {of} ({better:.0%})"
    if better < BEHIND:
        return False, f"worse by more than 1 SE (P(better) = {better:.0%})"
    equal = f"equal to {bar.run.id} within the noise (P(better) = {better:.0%})"
    if record["differs"] >= (enough := DIFFERENT * mean_mistake(target, bar, known)):
        return True, f"{equal}, and different: {differs}"
    wanted = target.describe_distance(enough).split()[0]  # the figure alone
    return False, f"{equal}, and too like {record['nearest']}: {differs} differ, {wanted} would be different"


def mean_mistake(target: Target, one: Candidate, known: Known) -> float:
    """The share of its out-of-fold decisions that are wrong; of numbers, how far they are off on average."""
    rows, at = match_ids(one.oof.ids, known.ids)
    return float(target.distance(target.decide(one.oof.values[rows]), known.labels[at]).mean())
