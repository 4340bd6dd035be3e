"""All steps of a competition, from its archive to a checked submission: what `kit run` and `kit demo` call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit import metrics
from kit.competition import Competition
from kit.config import Config
from kit.data.prepare import prepare
from kit.ensemble.build import ensemble
from kit.errors import ConfigError
from kit.kaggle.fetch import fetch_archive
from kit.learn import backend
from kit.learn.settings import resolve_settings
from kit.progress import say
from kit.runs import Run
from kit.runs.scores import read_scores
from kit.submission import check
from kit.submission.check import Checked
from kit.tracking import export

Plans = list[tuple[Config, dict[str, str]]]


@dataclass(frozen=True)
class Outcome:
    """runs: those that were trained, in the order of Competition.runs. final: their ensemble, or the only one of them.
    reports: the pages of the best single run and of the final one, which link to each other; one page if that is the same.
    checked: the final one's submission, which is not uploaded.
    """

    runs: tuple[Run, ...]
    final: Run
    reports: tuple[Path, ...]
    checked: Checked

    @property
    def models(self) -> tuple[Run, ...]:
        """All of them, the final one last."""
        return self.runs if self.final in self.runs else (*self.runs, self.final)


def run_all(
    competition: Competition,
    archive: str | Path | None = None,
    given: Mapping[str, Any] | None = None,
    settings: Sequence[str] = (),
) -> Outcome:
    """Fetches and prepares the data, trains each of the competition's `runs`, makes an ensemble of them, writes a report, and
    builds and checks submission.csv. Nothing is uploaded. What is there already and valid is kept, but every call trains anew.

    archive: a file fetched by hand, else Kaggle is asked. given: settings of kit.config by name, settings: as "key=value"
    texts, both for every model. Progress goes to stderr.

    Raises ConfigError for settings that do not fit, before anything is fetched where that can be known; else what the
    steps raise: DataError, AccessError, KaggleError, SubmissionError.
    """
    plans = [resolve_settings(competition, variant, given or {}, settings) for variant in competition.runs]
    if not plans:
        raise ConfigError(f"{competition.slug} declares no runs", do=f"kit train {competition.slug}")
    fetch_archive(competition, archive)
    prepare(competition)
    backend.load()  # takes seconds: not before the data are there
    from kit.learn.cost.forecast import forecast
    from kit.report import page

    if duration := forecast(competition, [config for config, _ in plans]):
        say(duration)
    trained = _train(competition, plans)
    final = _join(competition, trained)
    say(f"writing the report and the submission of {final.id}")
    checked = check.build_or_read_checked(competition, final.id)
    shown = dict.fromkeys((_find_best(competition, trained), final))
    reports = tuple(page.write(run, competition, coming=shown) for run in shown)
    outcome = Outcome(tuple(trained), final, reports, checked)
    export.export_finished(*outcome.models)
    return outcome


def _train(competition: Competition, plans: Plans) -> list[Run]:
    """A run of each plan. One whose recipe requires a teacher, and that names none, is taught by all runs before it."""
    from kit.learn import recipes, train

    trained: list[Run] = []
    for config, origin in plans:
        if recipes.find(competition, config).untaught and not config.teacher and trained:
            teacher = _join(competition, trained, name="teacher")
            config, origin = replace(config, teacher=teacher.id), {**origin, "teacher": "kit run"}
        trained.append(train.train(competition, config, origin))
    return trained


def _join(competition: Competition, trained: list[Run], *, name: str | None = None) -> Run:
    """The ensemble of several runs, or the only one."""
    return ensemble(competition, trained, name=name) if len(trained) > 1 else trained[0]


def _find_best(competition: Competition, trained: list[Run]) -> Run:
    """The single run of the best score out of fold; of equal ones the first."""
    sign = metrics.find(competition).sign
    return max(trained, key=lambda run: sign * read_scores(run)["score"])
