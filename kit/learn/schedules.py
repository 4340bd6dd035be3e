"""Learning rates over the steps of a training."""

from typing import Any

import keras
from keras import ops

from kit.config import Config
from kit.errors import ConfigError, nearest


@keras.saving.register_keras_serializable("kit")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Straight up to the peak, straight down to nearly nothing (Smith and Topin 2018, "Super-Convergence")."""

    def __init__(self, peak: float, steps: int, warmup: float) -> None:
        self.peak, self.steps, self.warmup = peak, steps, warmup

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32")
        top = max(1.0, self.warmup * self.steps)
        up = 0.1 + 0.9 * step / top
        down = 0.01 + 0.99 * ops.maximum(self.steps - step, 0.0) / max(1.0, self.steps - top)
        return self.peak * ops.where(step < top, up, down)

    def get_config(self) -> dict[str, Any]:
        return {"peak": self.peak, "steps": self.steps, "warmup": self.warmup}


def _cosine(peak: float, steps: int, warmup: float) -> keras.optimizers.schedules.LearningRateSchedule:
    """Half a cosine from the peak to nothing (Loshchilov and Hutter 2017), after a straight warm-up."""
    rising = round(warmup * steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.1 * peak if rising else peak,
        decay_steps=max(1, steps - rising),
        warmup_target=peak if rising else None,
        warmup_steps=rising,
    )


SCHEDULES = {"one_cycle": OneCycle, "cosine": _cosine}


def learning_rate(config: Config, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """The schedule that `config` names, over `steps` optimizer steps. Raises ConfigError for an unknown name."""
    if config.schedule not in SCHEDULES:
        raise ConfigError(f"unknown schedule {config.schedule!r}", do=nearest(config.schedule, SCHEDULES))
    return SCHEDULES[config.schedule](config.learning_rate, steps, config.warmup)
