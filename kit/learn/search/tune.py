"""A search for settings with Optuna (Akiba et al. 2019): trials on fold 0, judged on some of its rows to learn from.

All trials of a competition lie in data/<slug>/tune.db (SQLite), a study for each combination of data, settings and space.
"""

import hashlib
import json
import math
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from kit import paths
from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError, TrainingError
from kit.files import explain_full_disk, hold_lock, scratch_folder
from kit.learn import device, train
from kit.learn.member import Member, split_early_stopping
from kit.learn.search import space
from kit.learn.search.space import Space, Span
from kit.progress import say

COUNTED = (TrialState.COMPLETE, TrialState.PRUNED)  # what was killed or failed is not
UNUSED = ("tta", "workers")  # no trial depends on them


@dataclass(frozen=True)
class Trial:
    """loss, accuracy (if it has a meaning): on the stopping rows, at the best of its epochs. settings: those that vary."""

    number: int
    loss: float
    accuracy: float | None
    epoch: int
    seconds: float
    settings: dict[str, Any]


@dataclass(frozen=True)
class Search:
    """trials: those that ran to their end, best first. rows: how many they are judged on."""

    study: str
    database: Path
    rows: int
    pruned: int
    trials: list[Trial]


def tune(competition: Competition, config: Config, allowed: Space, count: int) -> Search:
    """Goes on with the study of these settings until it has `count` trials, the first of them the settings as they are.

    Raises ConfigError for settings that do not fit, and DataError while another search for this competition runs.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    root = paths.data(competition.slug).root
    config = replace(config, patience=config.patience or 100_000)  # without, no rows are set aside
    if config.deterministic:
        device.make_deterministic()
    database = root / "tune.db"
    with hold_lock(root / "tune.lock", f"{competition.slug} is already being tuned"), explain_full_disk(database):
        with scratch_folder(root) as scratch:
            member = train.rehearsal(competition, config, scratch)
            _check(member, allowed)
            study = _study(member, allowed, database)
            while len(study.get_trials(deepcopy=False, states=COUNTED)) < count:
                _trial(study, member, allowed)
        ended = study.get_trials(states=(TrialState.COMPLETE,))
        pruned = len(study.get_trials(states=(TrialState.PRUNED,)))
    trials = sorted((_read_trial(trial, allowed) for trial in ended), key=lambda trial: trial.loss)
    return Search(study.study_name, database, len(split_early_stopping(member)[1]), pruned, trials)


def _check(member: Member, allowed: Space) -> None:
    """Raises ConfigError for a choice, or an end of a range, that does not fit: now, not when a trial draws it."""
    for key, values in allowed.items():
        if not member.recipe.uses(key):
            raise ConfigError(f"--space {key} changes nothing: recipe {member.config.recipe} does not use it")
        for value in (values.low, values.high) if isinstance(values, Span) else values:
            config = train.check_config(member.competition, replace(member.config, **{key: value}))
            device.devices(config)


def _study(member: Member, allowed: Space, database: Path) -> optuna.Study:
    """Opened, with what a killed search left behind as failed: the lock tells that none is running."""
    epochs = sum(member.recipe.epochs(member.config))
    study = optuna.create_study(
        storage=f"sqlite:///{database}",
        study_name=_name(member, allowed),
        # at equal epochs a high rate looks worse than it ends: under a falling schedule half of them say little
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=epochs // 2),
        load_if_exists=True,
    )
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
    begun = len(study.get_trials(deepcopy=False))
    tried = study.get_trials(deepcopy=False, states=(*COUNTED, TrialState.WAITING))  # none of one that was killed
    if not tried and (point := space.locate(allowed, member.config)):
        study.enqueue_trial(point)
    study.sampler = optuna.samplers.TPESampler(
        seed=(member.config.seed * 1000 + begun) % 2**32
    )  # else draws come again
    return study


def _name(member: Member, allowed: Space) -> str:
    """Of the recipe and the backbone, and a digest of all that the losses of its trials depend on."""
    settings = {key: value for key, value in asdict(member.config).items() if key not in allowed and key not in UNUSED}
    space_record = {key: asdict(span) if isinstance(span, Span) else span for key, span in allowed.items()}
    rows = hashlib.sha256(member.train_rows.astype("<i8").tobytes()).hexdigest()
    prints = [member.data.fingerprint, member.data.corrections, rows]
    digest = hashlib.sha256(json.dumps([settings, space_record, prints], sort_keys=True).encode()).hexdigest()
    return f"{member.config.recipe}-{member.config.backbone}-{digest[:8]}"


def _trial(study: optuna.Study, member: Member, allowed: Space) -> None:
    trial = study.ask({key: _distribution(values) for key, values in allowed.items()})
    settings = space.round_floats(allowed, trial.params)
    folder = member.folder / f"trial {trial.number}"

    def report(epoch: int, record: dict[str, float]) -> None:
        loss = record["stopping_loss"]
        if math.isfinite(loss):
            trial.report(loss, epoch)
        if not math.isfinite(loss) or trial.should_prune():
            raise optuna.TrialPruned

    folder.mkdir()
    config = replace(member.config, **settings)
    try:
        with device.training_scope(config):
            history = member.recipe.fit(replace(member, config=config, folder=folder, report=report))
    except (optuna.TrialPruned, TrainingError) as error:
        study.tell(trial, state=TrialState.PRUNED)
        say(f"trial {trial.number}: {str(error) or 'ended early'}")
    except BaseException:
        study.tell(trial, state=TrialState.FAIL)
        raise
    else:
        _record(study, trial, history)
    finally:
        shutil.rmtree(folder)
        keras.utils.clear_session(free_memory=True)


def _record(study: optuna.Study, trial: optuna.Trial, history: list[dict[str, float]]) -> None:
    best = min(history, key=lambda record: record["stopping_loss"])
    seconds = round(sum(record["seconds"] for record in history), 1)
    for key, value in (("epoch", best["epoch"]), ("accuracy", best.get("stopping_accuracy")), ("seconds", seconds)):
        trial.set_user_attr(key, value)
    study.tell(trial, best["stopping_loss"])
    say(f"trial {trial.number}: stopping loss {best['stopping_loss']:.4f}; the best so far is {study.best_value:.4f}")


def _distribution(allowed: Span | tuple[Any, ...]) -> BaseDistribution:
    if not isinstance(allowed, Span):
        return CategoricalDistribution(allowed)
    kind: Any = IntDistribution if isinstance(allowed.low, int) else FloatDistribution
    return kind(allowed.low, allowed.high, log=allowed.log)


def _read_trial(trial: optuna.trial.FrozenTrial, allowed: Space) -> Trial:
    attributes = {key: trial.user_attrs[key] for key in ("epoch", "accuracy", "seconds")}
    return Trial(trial.number, trial.values[0], settings=space.round_floats(allowed, trial.params), **attributes)
