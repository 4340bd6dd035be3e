"""What the verbs share: the competition argument, --json, and the line that names the next sensible command."""

import functools
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kit.cli import completion
from kit.competition import Competition
from kit.data.archives.budget import DEFAULT_LIMITS, Limits, allow
from kit.errors import ConfigError
from kit.json_files import to_json
from kit.learn.backend import DEVICES
from kit.runs.scores import read_scores
from kit.sharing.stores import redact
from kit.suggest import complete


@dataclass(frozen=True)
class GlobalOptions:
    """Options given before the verb."""

    extra: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[Path, ...]:
        return tuple(Path(folder).resolve() for folder in self.extra)

    def competition(self, slug: str) -> Competition:
        from kit.learn.competitions import load_competition

        return load_competition(slug, self.folders)


slug_argument = click.argument("slug", metavar="SLUG", shell_complete=completion.competitions)
overrides_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Any setting of kit.config; may be repeated."
)
RECIPE_OPTIONS = (
    click.option(
        "--recipe",
        help="scratch, progressive: a network from its first weights. distill, pseudo: one that a teacher helps. "
        "finetune: a pretrained backbone goes on learning. features: a head on a frozen one. "
        "boosting: trees on columns, on a frozen backbone if one is named, and on what other runs predicted. "
        "mlp: dense layers on columns.",
    ),
    click.option(
        "--backbone",
        help="From scratch: cnn, resnet9, wide_resnet, airbench. "
        "Pretrained: any of keras.applications, such as mobilenet_v2_1.00.",
    ),
    click.option(
        "--weights", metavar="imagenet|none|PATH", help="Weights of the backbone; PATH is a local .h5 or .weights.h5."
    ),
    click.option("--seed", type=int),
)
device_option = click.option(
    "--device",
    type=click.Choice(DEVICES),
    expose_value=False,
    callback=lambda ctx, option, value: os.environ.update(KIT_DEVICE=value) if value else None,
    help="gpu: end at once where there is none. auto: a GPU if there is one.",
)
STORE = "--store WHERE, or KIT_TEAM in the environment"


def store_option(**own: Any) -> Callable[..., Any]:
    """Where the team keeps its runs, for each verb that asks for it."""
    text = "The team's store: a shared folder, a URL (s3://...), or kaggle:owner/name."
    return click.option("--store", "where", envvar="KIT_TEAM", show_envvar=True, metavar="WHERE", help=text, **own)


def refuse_store(context: click.Context, argument: click.Parameter, value: Any) -> Any:
    """For arguments of verbs that have `--store`: an address is neither the name of a run nor a slug."""
    given = value if isinstance(value, tuple) else (value or "",)
    if any(text.startswith("kaggle:") or "/" in text for text in given):
        what = (argument.metavar or "").strip("[].")
        raise click.UsageError(f"an address is no {what}: name the team's store by {STORE}")
    return value


def need_store(where: str | None, what: str) -> str:
    """`where`; raises ConfigError if none was named, which `what` is about."""
    if not where:
        raise ConfigError(f"{what} is about the team's store, and none is named", do=STORE)
    return where


def typed_store() -> str:
    """The store as the next verb has to be told it: nothing where the environment says it."""
    context = click.get_current_context()
    if context.get_parameter_source("where") is not ParameterSource.COMMANDLINE:
        return ""
    return f" --store {shlex.quote(redact(context.params['where']))}"


tag_option = click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="WORD",
    help="Only runs with that tag (kit runs note RUN --tag WORD); may be repeated.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")


LIMITS = {  # fields of kit.data.archives.budget.Limits
    "ratio": "Refuse archives that unpack to more than so many times their size, and to more than 64 MiB.",
    "bytes": "Refuse archives that unpack, with all that is nested in them, to more bytes.",
    "files": "Refuse archives of more files, with all that is nested in them.",
}
LIMIT_OPTIONS = (
    *(
        click.option(
            f"--max-{name}", type=click.IntRange(1), default=getattr(DEFAULT_LIMITS, name), show_default=True, help=text
        )
        for name, text in LIMITS.items()
    ),
    click.option("--any-case", is_flag=True, help="Take names that differ in letter case or Unicode form alone."),
)


def archive_options(command: Callable[..., None]) -> Callable[..., None]:
    """The limits of archives, for each verb that opens any: in force while it runs."""

    @functools.wraps(command)
    def within(*given: Any, max_ratio: int, max_bytes: int, max_files: int, any_case: bool, **named: Any) -> None:
        with allow(Limits(files=max_files, bytes=max_bytes, ratio=max_ratio, any_case=any_case)):
            command(*given, **named)

    return _add_options(within, LIMIT_OPTIONS)


def typed_limits() -> str:
    """The limits of archives that were typed, for the next verb that opens one: " --max-ratio 300", say, or nothing."""
    given = click.get_current_context().params
    words = ["--any-case"] if given["any_case"] else []
    words += [
        f"--max-{name} {value}" for name in LIMITS if (value := given[f"max_{name}"]) != getattr(DEFAULT_LIMITS, name)
    ]
    return "".join(f" {one}" for one in words)


def recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """What is trained, for each verb that trains."""
    return _add_options(command, RECIPE_OPTIONS)


def _add_options(command: Callable[..., None], group: Sequence[Callable[..., Any]]) -> Callable[..., None]:
    for option in reversed(group):
        command = option(command)
    return command


def train_words(slug: str, given: Mapping[str, Any], overrides: tuple[str, ...], best: Mapping[str, Any]) -> str:
    """`train SLUG ...` with the options of another verb that trains, but for the `best` settings that it found."""
    words = ["train", slug]
    for key, value in given.items():
        if key not in best:
            words += [f"--{key}"] if value is True else [f"--{key}", str(value)]
    kept = [text for text in overrides if text.partition("=")[0] not in best]
    for text in (*kept, *(f"{key}={value}" for key, value in best.items())):
        words += ["--set", text]
    return shlex.join(words)


def result(value: Any, text: str, *, as_json: bool) -> None:
    """Prints a verb's result on stdout: `value` as JSON, or `text` for people."""
    click.echo(to_json(value) if as_json else complete(text))


def table(rows: list[dict[str, Any]]) -> str:
    """Rows of equal keys as aligned columns; numbers to the right."""
    if not rows:
        return ""
    cells = [[str(value) for value in row.values()] for row in rows]
    head = list(rows[0])
    widths = [max(len(line[i]) for line in (head, *cells)) for i in range(len(head))]
    right = [all(isinstance(row[key], (int, float)) for row in rows) for key in head]
    lines = [
        [
            text.rjust(width) if flag else text.ljust(width)
            for text, width, flag in zip(line, widths, right, strict=True)
        ]
        for line in (head, *cells)
    ]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def select_typed(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The options that somebody typed: not those that are None or an unset flag. A 0 is typed."""
    return {key: value for key, value in chosen.items() if value is not None and value is not False}


def next_step(words: str, *globally: str) -> None:
    """The next sensible command, with the options to give before its verb, on stderr so that stdout stays a result."""
    click.echo(complete(f"next: kit {words}", *globally), err=True)


def run_result(run: Any, *, as_json: bool) -> None:
    """Prints a finished run: score and error out of fold, its folder, and its id as the last line."""
    if as_json:
        value = {"run": run.id, "folder": str(run.folder), **read_scores(run)}
        click.echo(to_json(value))
        return
    metrics = read_scores(run)
    score = f"{metrics['metric']} {metrics['score']:.5f} ±{metrics['error']:.5f}"
    click.echo(f"out of fold: {score} on {metrics['rows']} rows that the members did not see")
    if alone := metrics.get("one_seed"):
        spread = f"standard deviation {alone['deviation']:.5f} over {len(alone['scores'])} seeds"
        click.echo(f"one seed alone: {metrics['metric']} {alone['mean']:.5f}, {spread}")
    if finish := metrics.get("finish"):
        click.echo(_describe_finish(finish))
    click.echo(f"folder: {run.folder}")
    click.echo(run.id)


def _describe_finish(finish: dict[str, Any]) -> str:
    """What the last step for this metric gains out of fold, and whether it was taken."""
    low, high = finish["interval"]
    decides = finish.get("decides")
    name = f"{finish['name']} on {decides}" if decides else finish["name"]
    gain = f"{name}: expected gain {finish['gain']:.5f}, 95 % from {low:.5f} to {high:.5f}"
    if not finish["applied"]:
        return f"{gain}: not positive, so not applied"
    parameters = {key: value if isinstance(value, list) else [value] for key, value in finish["parameters"].items()}
    return f"{gain}; applied: " + ", ".join(
        " ".join([key, *(f"{v:.4g}" for v in parameters[key])]) for key in parameters
    )
