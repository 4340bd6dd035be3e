"""The learning-rate range test: one short training while the rate rises, to see at which rates the loss falls.

L. N. Smith 2015, "Cyclical Learning Rates for Training Neural Networks"; the rate rises exponentially and the suggestion is
where the loss falls fastest, as in fastai (J. Howard and S. Gugger 2018).
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import numpy as np

from kit import paths
from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError
from kit.files import scratch_folder
from kit.learn import device
from kit.learn.fit import auxiliary, loop, schedules
from kit.learn.fit.checkpoints import State
from kit.learn.fit.stages import Stage
from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.loader import Loader
from kit.learn.member import Member
from kit.learn.train import rehearsal
from kit.progress import bar

DIVERGED = 4.0  # times the lowest loss


@dataclass(frozen=True)
class RangeTest:
    """rates, losses, smoothed: float64 (N,), of the batches until the loss diverged. steepest: the rate at which the smoothed
    loss falls fastest per factor of the rate. lowest: the rate of the lowest smoothed loss.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    steepest: float
    lowest: float


def find(competition: Competition, config: Config, *, batches: int, low: float, high: float) -> RangeTest:
    """Trains fold 0's first member for up to `batches` steps at rates from low to high, on its rows to learn from alone.

    Of a recipe in stages it is the first one. Raises ConfigError if the loss falls at none of these rates.
    """
    if not 0 < low < high or batches < 10:
        raise ConfigError(
            "no range to test",
            received=f"{batches} batches from {low:g} to {high:g}",
            expected="10 or more, --low below --high",
        )
    rates = np.geomspace(low, high, batches)
    with scratch_folder(paths.data(competition.slug).root) as scratch:
        member = rehearsal(competition, config, scratch)
        if not member.recipe.epochs(member.config):
            raise ConfigError(f"recipe {config.recipe} learns in no epochs: there is no step to find a rate for")
        with device.training_scope(member.config):
            records = member.recipe.fit(replace(member, train_fn=partial(_rise, rates=rates)))
    return suggestion(rates[: len(records)], np.array([record["loss"] for record in records]))


def _rise(
    model: keras.Model,
    member: Member,
    loader: Loader,
    training_set: TrainingSet,
    stages: list[Stage],
    *,
    rates: np.ndarray,
) -> list[dict[str, float]]:
    """A record per rate, until the loss diverges; what was not a number is left out."""
    steps = member.config.accumulate  # batches per rate
    stage = replace(stages[0], epochs=len(rates) * steps)  # an epoch has one batch at least
    if stage.freeze:
        stage.freeze(model)
    target, told = member.competition.target, training_set.targets
    weighted, beside = len(member.data.train.weights) > 0, auxiliary.find(member)
    loop.compile_model(model, target, member.config, len(rates) * steps, stage, told, beside, weighted)
    rising = keras.optimizers.schedules.ExponentialDecay(float(rates[0]), len(rates) - 1, float(rates[-1] / rates[0]))
    model.optimizer.learning_rate = schedules.From(rising, 0, steps)
    feed = loop.feed(model, member, loader, training_set, stage, State(), [])
    losses: list[float] = []
    for _ in bar(rates, label="rising learning rate", unit="rate"):
        loss = float(np.mean([_loss(model, *next(feed)) for _ in range(steps)]))
        if not np.isfinite(loss):
            break
        losses.append(loss)
        if np.mean(losses[-3:]) > DIVERGED * min(losses):
            break
    return [{"rate": float(rate), "loss": loss} for rate, loss in zip(rates, losses, strict=False)]


def _loss(model: keras.Model, inputs: Any, targets: np.ndarray) -> float:
    model.reset_metrics()  # they would be means over all batches so far
    return float(model.train_on_batch(inputs, targets, return_dict=True)["loss"])


def suggestion(rates: np.ndarray, losses: np.ndarray) -> RangeTest:
    """rates: float64 (N,), rising by a factor. losses: float64 (N,), finite. Raises ConfigError if the loss does not fall."""
    if len(losses) >= 5:
        smoothed = _smooth(losses)
        lowest = int(smoothed.argmin())
        noise = float(np.median(np.abs(np.diff(losses))))  # about the deviation of one batch, whatever the trend
        if smoothed[0] - smoothed[lowest] > max(2 * noise, 1e-3):
            slopes = np.gradient(smoothed, np.log(rates))
            steepest = int(slopes[: lowest + 1].argmin())
            return RangeTest(rates, losses, smoothed, float(rates[steepest]), float(rates[lowest]))
    raise ConfigError(
        f"the loss falls at no learning rate up to {rates[: len(losses) + 1][-1]:.2g}",
        do="try other ends (--low, --high), more --batches or a larger --set batch_size",
    )


def _smooth(losses: np.ndarray) -> np.ndarray:
    """Means over Gaussian weights a fortieth of the test wide: from both sides, since a mean of the past alone lags behind.
    What explodes at the end is cut off at twice the first losses, else it would hide the valley before it.
    """
    losses = np.minimum(losses, 2 * np.median(losses[:5]))
    at = np.arange(len(losses))
    weights = np.exp(-0.5 * ((at[:, None] - at) / max(1.0, len(losses) / 40)) ** 2)
    return np.asarray(weights @ losses / weights.sum(1))
