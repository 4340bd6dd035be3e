"""kit plan: what a training costs, before it is begun."""

import os
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from kit.cli import options, train
from kit.cli.options import GlobalOptions
from kit.errors import ConfigError
from kit.learn import backend
from kit.learn.cost.plan import Times, Work, format_duration
from kit.runs import environment
from kit.suggest import complete

if TYPE_CHECKING:
    from kit.config import Config
    from kit.learn.recipe import Recipe

OF_TRAIN = ("recipe", "backbone", "weights", "folds", "seed", "seeds", "overrides", "deterministic")
BUDGET = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


@click.command()
@options.slug_argument
@click.option("--budget", metavar="TIME", help="Such as 2h, 90m, 45s or 1h30m: print the training that fits.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, /, slug: str, budget: str | None, overrides: tuple[str, ...], as_json: bool, **chosen: Any
) -> None:
    """Time a little of what `kit train` with the same options would do, and tell how long all of it takes.

    The recipe itself runs for two short epochs on some of the prepared images; nothing is kept. Early stopping may end a
    training sooner; recipe pseudo is timed as if it learned from every test image, which is the most it can. With --budget
    fewer seeds, then folds, TTA views and epochs are planned until it fits.

    \b
    kit plan digit-recognizer
    kit plan digit-recognizer --seeds 3 --set epochs=40 --budget 2h
    """
    from kit.learn.settings import resolve_settings

    seconds = None if budget is None else parse_budget(budget)
    given = options.select_typed(chosen)
    competition = obj.competition(slug)
    config, _ = resolve_settings(competition, {}, given, overrides)
    backend.load()
    from kit.learn import device
    from kit.learn.cost import plan, timing
    from kit.learn.recipes import find
    from kit.learn.train import check_config

    if config.deterministic:
        device.make_deterministic()
    config = device.resolve_auto_batch(check_config(competition, config))
    load = os.getloadavg()[0]  # of others: before we begin
    times = timing.measure(competition, config)
    recipe, asked = find(competition, config), timing.work(competition, config)
    costs = _costs(recipe, asked, times, on_gpu=bool(device.gpus()))
    value = {"device": device.describe(config), "load": load, **costs}
    if seconds is not None:
        planned = plan.fit_budget(asked, times, seconds)
        words = (
            options.train_words(slug, given, overrides, _changes(recipe, config, asked, planned)) if planned else None
        )
        value["budget"] = {
            "seconds": seconds,
            "fits": planned == asked,
            "planned": asdict(planned) if planned else None,
            "run": planned.run(times) if planned else None,
            "command": complete(f"kit {words}") if words else None,
        }
    options.result(value, _text(value, asked, times), as_json=as_json)
    if seconds is None:
        options.next_step(f"plan {slug} --budget 2h   (or: kit train {slug})")


command.params[1:1] = [option for option in train.command.params if option.name in OF_TRAIN]


def _costs(recipe: "Recipe", asked: Work, times: Times, *, on_gpu: bool) -> dict[str, Any]:
    return {
        "asked": asdict(asked),
        "upper_bound": recipe.taught_on == "test",
        "teacher_untimed": recipe.taught_on == "train",
        "seconds": {**asdict(times), "member": asked.member(times), "run": asked.run(times)},
        "kaggle": _kaggle(asked.run(times), on_gpu=on_gpu),
    }


def parse_budget(text: str) -> float:
    """Seconds of a time such as 2h, 90m, 45s, 1.5h or 1h30m. Raises ConfigError."""
    match = BUDGET.fullmatch(text)
    seconds = (
        sum(float(part or 0) * unit for part, unit in zip(match.groups(), (3600, 60, 1), strict=True)) if match else 0
    )
    if not seconds:
        raise ConfigError("--budget is not a time", received=repr(text), expected="such as 2h, 90m, 45s or 1h30m")
    return seconds


def _changes(recipe: "Recipe", config: "Config", asked: Work, planned: Work) -> dict[str, str]:
    """The settings in which the two differ. Some recipes have a number of epochs for each stage, others one for all."""
    own = recipe.uses("stage_epochs")
    epochs = (",".join(map(str, work.epochs if own else work.epochs[:1])) for work in (asked, planned))
    values = {
        "folds": (asked.folds, planned.folds),
        "seeds": (asked.seeds, planned.seeds),
        "tta": (",".join(config.tta), ",".join(config.tta[: planned.views])),
        "stage_epochs" if own else "epochs": tuple(epochs),
    }
    return {key: str(new) for key, (old, new) in values.items() if old != new}


def _kaggle(seconds: float, *, on_gpu: bool) -> dict[str, Any]:
    """What is known of Kaggle's machines. Of their GPUs nothing was measured here, so nothing is said."""
    from kit.learn.cost import plan

    cores = environment.usable_cores()
    estimate = None if on_gpu else seconds * cores / plan.CPU_CORES
    return {
        "cpu": {
            "cores": plan.CPU_CORES,
            "cores_here": cores,
            "session_hours": plan.SESSION_HOURS,
            "estimate": estimate,
            "sessions": plan.sessions(estimate) if estimate else None,
        },
        "gpu": {"session_hours": plan.SESSION_HOURS, "week_hours": plan.WEEK_HOURS, "estimate": None},
    }


def _text(value: dict[str, Any], asked: Work, times: Times) -> str:
    rows = {"here": value["device"]}
    if value["load"] > 0.5:
        rows["busy"] = f"a load of {value['load']:.1f} before we began: alone, all would be faster"
    for number, seconds in enumerate(times.epochs):
        rows["one epoch" + (f", stage {number + 1}" if len(times.epochs) > 1 else "")] = format_duration(seconds)
    if value["upper_bound"]:
        rows["test images"] = "an upper bound: as if the teacher were sure of each, and so learned from all"
    if value["teacher_untimed"]:
        rows["teacher"] = "not timed: what it says of the images to learn from, once for each member"
    if times.once or times.once_per_view:
        shared = times.once or times.once_per_view
        rows["features"] = (
            f"{format_duration(shared)} of all images{'' if times.once else ', per view'}, unless on disk already"
        )
    if times.epochs:
        rows["one view"] = f"{format_duration(times.view)} over a fold and the test rows"
        rows["one fold"] = format_duration(asked.member(times) * asked.seeds)
    heads = "" if times.epochs else ", without the heads, seconds each, or the trees, minutes"
    rows["whole run"] = f"{format_duration(asked.run(times))}: {_describe(asked)}{heads}"
    cpu, gpu = value["kaggle"]["cpu"], value["kaggle"]["gpu"]
    rows["Kaggle, CPU"] = (
        f"about {format_duration(cpu['estimate'])}: an estimate, by {cpu['cores']} cores for the {cpu['cores_here']} here; "
        f"{cpu['sessions']} session{'s' if cpu['sessions'] > 1 else ''} of {cpu['session_hours']} h"
        if cpu["estimate"]
        else f"not measured; a session has {cpu['session_hours']} h"
    )
    rows["Kaggle, GPU"] = f"not measured; a session has {gpu['session_hours']} h, a week {gpu['week_hours']} h"
    lines = [f"{key:<20}{text}" for key, text in rows.items()]
    return "\n".join([*lines, *_budget(value["budget"], asked)]) if "budget" in value else "\n".join(lines)


def _budget(budget: dict[str, Any], asked: Work) -> list[str]:
    if budget["planned"] is None:
        least = f"not even the least: {_describe(replace(asked, folds=1, seeds=1, views=1, epochs=(1,) * len(asked.epochs)))}"
        return [f"{format_duration(budget['seconds']):<20}{least}"]
    what = (
        "all of it fits"
        if budget["fits"]
        else f"{_describe(Work(**budget['planned']))}: {format_duration(budget['run'])}"
    )
    return [f"{'in ' + format_duration(budget['seconds']):<20}{what}", budget["command"]]


def _describe(work: Work) -> str:
    counts = {"fold": work.folds, "seed": work.seeds, "view": work.views}
    words = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items()]
    if work.epochs:
        words.append(f"{'+'.join(map(str, work.epochs))} epoch{'s' if work.epochs != (1,) else ''}")
    return ", ".join(words)
