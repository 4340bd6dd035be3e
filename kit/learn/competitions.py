"""A competition loaded with all that it names: what its folder declares is checked before anything is done with it."""

from collections.abc import Iterable
from pathlib import Path

from kit.check_plugin import check_own
from kit.competition import Competition
from kit.errors import ConfigError, DataError
from kit.learn.networks import NETWORKS, Network
from kit.learn.recipe import Recipe
from kit.learn.recipes import RECIPES
from kit.learn.settings import check_declared
from kit.plugins import load


def load_competition(slug: str, extra: Iterable[Path] = ()) -> Competition:
    """The competition of that slug. extra: folders of competition folders beside the kit's own.

    Raises DataError, with the nearest name, for anything in its competition.py that is no sound plug-in: also for a network, a
    recipe or a setting that does not exist.
    """
    competition = load(slug, extra)
    check_learning(competition)
    return competition


def check_learning(competition: Competition) -> None:
    """Raises DataError for a network, a recipe or a setting in its competition.py that does not exist. Loads no Keras."""
    file = (competition.folder or Path(competition.slug)) / "competition.py"
    check_own(f"{file}: networks", competition.networks, NETWORKS, Network)
    check_own(f"{file}: recipes", competition.recipes, RECIPES, Recipe)
    try:
        check_declared(competition)
    except ConfigError as error:
        raise DataError(f"{file}: {error}") from None
