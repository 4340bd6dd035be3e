"""Learning rates over the steps of a training."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("kit")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Straight up to the peak, straight down to nearly nothing (Smith and Topin 2018, "Super-Convergence")."""

    def __init__(self, peak: float, steps: float, warmup: float) -> None:
        self.peak, self.steps, self.warmup = peak, steps, warmup

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32")
        top = max(1.0, self.warmup * self.steps)
        up = 0.1 + 0.9 * step / top
        down = 0.01 + 0.99 * ops.maximum(self.steps - step, 0.0) / max(1.0, self.steps - top)
        return self.peak * ops.where(step < top, up, down)

    def get_config(self) -> dict[str, Any]:
        return {"peak": self.peak, "steps": self.steps, "warmup": self.warmup}


@keras.saving.register_keras_serializable("kit")
class Cosine(OneCycle):
    """Straight up to the peak, half a cosine down to nothing (Loshchilov and Hutter 2017, "SGDR")."""

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32")
        top = self.warmup * self.steps
        up = 0.1 + 0.9 * step / max(1.0, top)
        done = ops.clip((step - top) / max(1.0, self.steps - top), 0.0, 1.0)
        return self.peak * ops.where(step < top, up, 0.5 + 0.5 * ops.cos(done * 3.14159265))


@keras.saving.register_keras_serializable("kit")
class From(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule from its step `first` on. batches: that make a step, since Keras counts them."""

    def __init__(self, schedule: Any, first: float, batches: int = 1) -> None:
        self.schedule, self.first, self.batches = schedule, first, batches

    def __call__(self, batch: Any) -> Any:
        return self.schedule(ops.cast(batch // self.batches, "float32") + self.first)

    def get_config(self) -> dict[str, Any]:
        return {"schedule": self.schedule, "first": self.first, "batches": self.batches}


SCHEDULES = {"one_cycle": OneCycle, "cosine": Cosine}


def build(
    name: str, peak: float, steps: int, warmup: float, span: tuple[float, float] = (0.0, 1.0), batches: int = 1
) -> keras.optimizers.schedules.LearningRateSchedule:
    """The schedule of that name over `steps` optimizer steps, which are the `part` (from, to) of the whole of it.

    batches: whose gradients are added up before a step. The schedule is called with the number of the batch, as Keras does.
    """
    start, end = span
    whole = steps / (end - start)
    return From(SCHEDULES[name](peak, whole, warmup), start * whole, batches)
