"""The runs and submissions of a competition, as the sections of its page read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kit import metrics, runs
from kit.competition import Competition
from kit.leaderboard import ledger
from kit.leaderboard.ledger import Entry
from kit.report.render import html
from kit.runs.scores import read_scores


@dataclass(frozen=True)
class RunSummary:
    """A run. score, error, rows: None until it is finished. created: seconds since 1970, UTC."""

    id: str
    kind: str
    made_of: str
    members: str
    status: str
    created: float
    stamp: str
    score: float | None
    error: float | None
    rows: int | None


@dataclass(frozen=True)
class Season:
    """runs, sent: oldest first. claims: by run, who means to send it today; None if that is not known."""

    competition: Competition
    runs: list[RunSummary]
    sent: list[Entry]
    claims: Mapping[str, str] | None = None

    @property
    def finished(self) -> list[RunSummary]:
        return [one for one in self.runs if one.score is not None]

    @property
    def greater(self) -> bool:
        return metrics.find(self.competition).greater_is_better

    @property
    def best(self) -> RunSummary | None:
        sign = 1 if self.greater else -1
        return max(self.finished, key=lambda one: sign * (one.score or 0.0), default=None)


def read(competition: Competition) -> Season:
    """As the runs here and Kaggle's list, as it was last read, say."""
    tried = sorted(map(_summarize_run, runs.list_runs(competition.slug)), key=lambda one: one.created)
    return Season(competition, tried, ledger.read_cached(competition.slug))


def _summarize_run(run: runs.Run) -> RunSummary:
    config, status, stamp = run.config, run.status(), run.created
    scores = read_scores(run) if status == "finished" else {}
    made_of = f"{config.recipe} {config.backbone}" if run.has_models else config.backbone
    members = f"{config.folds} x {config.seeds}" if run.has_models else ""
    when = datetime.fromisoformat(stamp).timestamp()
    score = (scores.get("score"), scores.get("error"), scores.get("rows"))
    return RunSummary(run.id, run.kind, made_of, members, status, when, html.when(stamp), *score)
