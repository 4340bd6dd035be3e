"""A competition loaded with all that it names: what its folder declares is checked before anything is done with it."""

from collections.abc import Iterable
from pathlib import Path

from kit.competition import Competition
from kit.errors import ConfigError, DataError
from kit.learn.networks import Network
from kit.learn.recipe import Recipe
from kit.learn.settings import check_declared
from kit.plugins import load


def load_competition(slug: str, extra: Iterable[Path] = ()) -> Competition:
    """The competition of that slug. extra: folders of competition folders beside the kit's own.

    Raises DataError, with the nearest name, for anything in its competition.py that is no sound plug-in: also for a network, a
    recipe or a setting that does not exist.
    """
    competition = load(slug, extra)
    file = (competition.folder or Path(slug)) / "competition.py"
    for field, kind in (("networks", Network), ("recipes", Recipe)):
        for name, one in getattr(competition, field).items():
            if not isinstance(one, kind):
                raise DataError(
                    f"{file}: {field}[{name!r}] is no {kind.__name__}",
                    received=repr(one),
                    expected=f"{kind.__module__}.{kind.__name__}(...)",
                )
    try:
        check_declared(competition)
    except ConfigError as error:
        raise DataError(f"{file}: {error}") from None
    return competition
