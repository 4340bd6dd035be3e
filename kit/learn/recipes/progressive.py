"""progressive: a network trained on small images first, then on larger ones: early epochs cost a fraction of a late one.

Progressive resizing, as in J. Howard's DAWNBench entries (fast.ai 2018). One schedule of the learning rate spans all stages.
"""

from dataclasses import replace

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError
from kit.learn import networks
from kit.learn.fit.stages import Stage, schedule_ranges
from kit.learn.member import Member
from kit.learn.recipe import FROM_SCRATCH, History, Opened, Predictor, Recipe
from kit.learn.recipes import scratch


def resolve(competition: Competition, config: Config) -> Config:
    """With the sizes of its stages, which may follow from the images."""
    if not config.stage_sizes:
        side = min(competition.image_shape[:2])
        config = replace(config, stage_sizes=sizes(side, len(config.stage_epochs)))
    stages(config)
    networks.check_sizes(competition, config, config.stage_sizes)
    return config


def fit(member: Member) -> History:
    return scratch.learn(member, scratch.training_set(member), stages(member.config))


def predictor(member: Member) -> Predictor:
    return scratch.predictor_at(member, member.config.stage_sizes[-1])


def open_member(member: Member) -> Opened:
    return scratch.open_at(member, member.config.stage_sizes[-1])


def sizes(side: int, count: int) -> tuple[int, ...]:
    """Pixels per side of each of `count` stages, from five eighths of the images' own up to all of it."""
    return tuple(round(side * share) for share in np.linspace(1 if count == 1 else 0.625, 1, count))


def stages(config: Config) -> list[Stage]:
    """Raises ConfigError unless sizes, epochs and batch sizes are as many."""
    sizes, epochs = config.stage_sizes, config.stage_epochs
    batches = config.stage_batches or (config.batch_size,) * len(sizes)
    if not sizes or len({len(sizes), len(epochs), len(batches)}) > 1 or min((*sizes, *epochs, *batches)) < 1:
        raise ConfigError(
            "the stages do not fit together",
            received=f"stage_sizes {sizes}, stage_epochs {epochs}, stage_batches {batches}",
            expected="as many of each, such as stage_sizes=16,24,32 stage_epochs=8,4,4",
        )
    return [Stage(*each) for each in zip(epochs, batches, sizes, schedule_ranges(epochs), strict=True)]


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=networks.available,
    settings=(*FROM_SCRATCH, "stage_sizes", "stage_epochs", "stage_batches"),
    defaults={"stage_epochs": (10, 6, 6)},
    epochs=lambda config: config.stage_epochs,
    resolve=resolve,
)
