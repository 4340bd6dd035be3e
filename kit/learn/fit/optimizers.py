"""The optimizer of a training: Keras's own, with learning rates that may differ from one variable to the next."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from kit.config import Config
from kit.learn.fit.stages import Factor

MEMORY = 0.1  # of a training at most, the mean age of averaged weights: then e**-10 of the first ones is left in them


class _PerVariable:
    """Mixed into an optimizer of Keras, which knows one rate only: each variable's own is `factor` times that.

    Scaling gradients instead would change nothing under Adam, which divides by their size.
    """

    factor: Factor
    factors: list[float]
    learning_rate: Any
    weight_decay: float | None
    _use_weight_decay: Callable[[Any], bool]
    _get_variable_index: Callable[[Any], int]

    def build(self, variables: Sequence[Any]) -> None:
        super().build(variables)  # type: ignore[misc]
        self.factors = [self.factor(variable) for variable in variables]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        own = self.factors[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * own)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        """Decoupled decay goes with the rate (Loshchilov and Hutter 2019): here with each variable's own."""
        if self.weight_decay is None:
            return
        for variable in variables:
            if self._use_weight_decay(variable):
                own = self.factors[self._get_variable_index(variable)]
                share = keras.ops.cast(self.learning_rate * self.weight_decay * own, variable.dtype)
                variable.assign(variable - variable * share)


class SGD(_PerVariable, keras.optimizers.SGD):
    """Stochastic gradient descent with Nesterov momentum."""


class AdamW(_PerVariable, keras.optimizers.AdamW):
    """Adam with decoupled weight decay."""


def build(config: Config, rate: Any, updates: int, factor: Factor | None = None) -> keras.optimizers.Optimizer:
    """The optimizer that `config` names, with averaged weights (EMA) and without decay of biases and normalisations.

    rate: a number, or a schedule of the optimizer's steps. updates: the steps that it will take. factor: of layer groups;
    biases learn config.bias_rate times as fast on top of it.

    Keras averages after each batch, also one whose gradients are only added up: the root keeps the momentum per step.
    """
    settings: dict[str, Any] = {
        "use_ema": config.ema > 0,
        "ema_momentum": _momentum(config.ema, updates) ** (1 / config.accumulate),
        "weight_decay": config.weight_decay,
        "gradient_accumulation_steps": config.accumulate if config.accumulate > 1 else None,
    }
    sgd = config.optimizer == "sgd"
    optimizer = SGD(rate, momentum=0.9, nesterov=True, **settings) if sgd else AdamW(rate, **settings)
    optimizer.exclude_from_weight_decay(var_names=["beta", "gamma", "bias"])
    optimizer.factor = lambda variable: _faster(variable, config) * (factor(variable) if factor else 1.0)
    return optimizer


def _momentum(ema: float, updates: int) -> float:
    """Of averaged weights: less than `ema` in a training so short that the average would still hold its random beginning."""
    return max(0.0, min(ema, 1 - 1 / (MEMORY * updates)))


def _faster(variable: Any, config: Config) -> float:
    return config.bias_rate if variable.path.endswith(("/beta", "/bias")) else 1.0
