"""A team's season, played by three processes against a Kaggle on loopback: `make season`, or `make season ARGS="--seed 7"`."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import click

from tests.command_line import Done
from tests.season import agreements, first_day, last_day, members, other_kits, second_day, troubles, world
from tests.season.picture import draw
from tests.season.season import Season
from tests.season.server import Faults, open_season

Scene = Callable[[Season], None]
Days = Sequence[Sequence[Scene]]
NAMES = ("ann", "bob", "cyd")
SEASON: Days = (
    first_day.SCENES,
    (*second_day.SCENES, *agreements.SCENES, *other_kits.SCENES, *troubles.SCENES),
    last_day.SCENES,
)


@click.command()
@click.option(
    "--seed", default=0, show_default=True, help="Of the noise, the public half, and the faults of the network."
)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the members' homes in this folder.")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw Cyd's page of the season into this PNG.")
def main(seed: int, keep: Path | None, picture: Path | None) -> None:
    """Prints each claim of the kit beside the same figure by other means; ends with 1 if one differs."""
    with tempfile.TemporaryDirectory() as temporary:
        root = keep or Path(temporary)
        root.mkdir(parents=True, exist_ok=True)
        season, spoken = play(root, seed)
        if picture:
            draw(season.members[2].home / "data" / world.SLUG / "report.html", picture)
    click.echo(season.claims.table())
    faults = sum(fault.made for fault in season.kaggle.faults.values() if isinstance(fault, Faults))
    click.echo(f"\n{len(spoken)} commands, {len(season.kaggle.requests)} requests, {faults} of them failed by chance")
    if season.claims.failed:
        click.echo("\n".join(season.claims.failed))
        raise click.ClickException(f"{len(season.claims.failed)} claims do not hold")


def play(root: Path, seed: int, days: Days = SEASON) -> tuple[Season, list[tuple[str, Done]]]:
    """Plays the scenes of those days in an empty folder; with every command that was typed, and what came of it."""
    made, spoken = world.make(seed), []
    (root / "store").mkdir()
    with open_season(made, seed) as (kaggle, proxy):
        team = tuple(members.join(name, root, proxy, spoken) for name in NAMES)
        season = Season(made, kaggle, team, root / "store")
        for scenes in days:
            for scene in scenes:
                _play_scene(season, scene)
            kaggle.board.now += timedelta(days=1)
    return season, spoken


def _play_scene(season: Season, scene: Scene) -> None:
    """One that cannot be played to its end is a claim that does not hold."""
    try:
        scene(season)
    except (AssertionError, LookupError, ValueError, OSError) as error:
        said = f"{type(error).__name__}: {error}"
        season.claims.holds(f"played to its end: {scene.__name__.replace('_', ' ')}", said, False)


if __name__ == "__main__":
    main()
