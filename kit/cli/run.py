"""kit run"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from kit.cli import options
from kit.cli.options import Settings
from kit.errors import ConfigError
from kit.learn import backend
from kit.progress import say

if TYPE_CHECKING:
    from kit.competition import Competition
    from kit.config import Config
    from kit.runs import Run

    Plans = list[tuple[Config, dict[str, str]]]


@click.command()
@options.slug_argument
@click.option(
    "--from", "archive", metavar="ARCHIVE", type=click.Path(), help="Take the archive from disk, not from Kaggle."
)
@click.option("--folds", type=int, metavar="N", help="Folds to train; 1 trains one member per model.")
@click.option("--seed", type=int)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting of kit.config, for every model."
)
@options.json_option
@click.pass_obj
def command(
    obj: Settings, /, slug: str, archive: str | None, settings: tuple[str, ...], as_json: bool, **chosen: Any
) -> None:
    """Download, prepare, train the competition's models, ensemble them, report, and check a submission; nothing is uploaded.

    \b
    kit run cifar-10 --from ~/Downloads/cifar-10.zip --folds 1
    """
    given = {key: value for key, value in chosen.items() if value is not None}
    result = all_steps(obj, slug, archive, given, settings)
    options.result(result, _text(result), as_json=as_json)
    options.next_step(
        f"runs {slug}" if obj.competition(slug).local else f"submit {slug} {result['models'][-1]['run']} --send --wait"
    )


def all_steps(
    obj: Settings, slug: str, archive: str | None, given: dict[str, Any], settings: tuple[str, ...]
) -> dict[str, Any]:
    """Runs every step and returns the scores of the models, the paths of report and submission, and the local score."""
    from kit import paths
    from kit.cli.download import fetched
    from kit.data.prepare import prepare
    from kit.learn.settings import resolve_settings

    competition = obj.competition(slug)
    plans = [resolve_settings(competition, variant, given, settings) for variant in competition.runs]
    if not plans:
        raise ConfigError(f"{slug} declares no runs", do=f"kit train {slug}")
    fetched(competition, archive)
    prepare(competition, paths.data(slug), folds=competition.folds)
    backend.load()
    from kit.report import page
    from kit.submission import check
    from kit.tracking import export

    trained = _trained(competition, plans)
    final = _joined(competition, trained)
    say(f"writing the report and the submission of {final.id}")
    checked = check.build_or_read_checked(competition, final.id)
    report = page.write(final, competition)
    made = [*trained, *([final] if len(trained) > 1 else [])]
    export.after(*made)
    models = [options.summary(run) for run in made]
    return {"models": models, "report": str(report), **check.describe(competition, checked)}


def _trained(competition: Competition, plans: Plans) -> list[Run]:
    """A run of each plan. One whose recipe wants a teacher, and that names none, is taught by all runs before it."""
    from kit.learn import train
    from kit.learn.recipes import find

    trained: list[Run] = []
    for config, origin in plans:
        if find(competition, config.recipe).untaught and not config.teacher and trained:
            teacher = _joined(competition, trained, name="teacher")
            config, origin = replace(config, teacher=teacher.id), {**origin, "teacher": "kit run"}
        trained.append(train.train(competition, config, origin))
    return trained


def _joined(competition: Competition, trained: list[Run], *, name: str | None = None) -> Run:
    """The ensemble of several runs, or the only one."""
    from kit.ensemble.build import ensemble

    return ensemble(competition, trained, name=name) if len(trained) > 1 else trained[0]


def _text(result: dict[str, Any]) -> str:
    rows = [
        {
            "run": row["run"],
            f"CV {row['metric']}": f"{row['score']:.5f}",
            "±": f"{row['error']:.5f}",
            "rows": row["rows"],
        }
        for row in result["models"]
    ]
    lines = [options.table(rows), ""]
    if "local_score" in result:
        lines.append(
            f"local leaderboard  {result['local_score']:.5f} ({result['metric']} on {result['rows']} labels set aside)"
        )
    lines += [f"submission         {result['path']} ({result['rows']} rows)", f"report             {result['report']}"]
    return "\n".join([*lines, *(f"notice             {notice}" for notice in result["notices"])])
