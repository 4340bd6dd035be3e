"""How long several trainings will take, told beforehand where it is long: by timing a little of the first of them."""

from collections.abc import Sequence

from kit import paths
from kit.competition import Competition
from kit.config import Config
from kit.data import cache
from kit.learn import device
from kit.learn.cost import timing
from kit.learn.cost.plan import format_duration
from kit.learn.input.resize import scale_sides
from kit.learn.networks import backbones
from kit.learn.recipes import find
from kit.learn.train import check_config

LONG = 600.0  # seconds
# Pixels that a slow training looks at in ten minutes: of fewer it is not worth the minute that timing takes.
SLOW_CPU, SLOW_GPU = 20_000_000, 2_000_000_000


def forecast(competition: Competition, plans: Sequence[Config]) -> str | None:
    """A line that says how long the trainings of these settings take here, None where that is less than ten minutes.

    The first is timed as `kit plan` does; the others count by their own epochs, folds, seeds and views at its speed. Raises
    ConfigError for settings that do not fit, DataError if the data are not prepared.
    """
    if not competition.has_images:
        return None
    train = cache.load(competition, paths.data(competition.slug)).train
    pixels = sum(_pixels(competition, config, train.images.shape) for config in plans)
    if pixels < (SLOW_GPU if device.gpus() else SLOW_CPU):
        return None
    first = device.resolve_auto_batch(check_config(competition, plans[0]))
    if first.deterministic:
        device.make_deterministic()
    times = timing.measure(competition, first)
    own = timing.work(competition, first)
    works = [timing.work(competition, config) for config in plans]
    alike = [work if len(work.epochs) == len(own.epochs) else own for work in works]
    seconds = sum(work.run(times) for work in alike)
    if seconds < LONG:
        return None
    models = "1 model" if len(plans) == 1 else f"{len(plans)} models, all as fast as the first"
    what = f"{models}, {first.recipe} {first.backbone}"
    return f"this will take about {format_duration(seconds)}: {what}, timed as `kit plan` does"


def _pixels(competition: Competition, config: Config, shape: tuple[int, ...]) -> int:
    """How many a training looks at. shape: of the training images, (N, H, W, C)."""
    own = find(competition, config)
    size = backbones.size_of(config) if own.pretrained else config.image_size
    rows, height, width = shape[:3]
    times = sum(own.epochs(config)) * config.folds * config.seeds or len(config.tta)
    height, width = scale_sides(height, width, size)
    return int(rows * times * height * width)
