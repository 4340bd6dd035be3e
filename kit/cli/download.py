"""kit download"""

from pathlib import Path

import click

from kit.cli import options
from kit.cli.options import Settings
from kit.competition import Competition
from kit.errors import ConfigError


@click.command()
@options.slug_argument
@click.option("--from", "archive", metavar="ARCHIVE", type=click.Path(), help="A zip fetched by hand in the browser.")
@options.json_option
@click.pass_obj
def command(obj: Settings, slug: str, archive: str | None, as_json: bool) -> None:
    """Fetch the archive of SLUG with Kaggle's client, or take one from disk. Size and sha256 go into a manifest.

    An interrupted download goes on where it stopped; an archive that is already there is checked and kept.
    """
    from kit.files import sha256

    path = fetched(obj.competition(slug), archive)
    result = {"path": str(path), "bytes": path.stat().st_size, "sha256": sha256(path)}
    options.result(result, "\n".join(f"{key:<8}{value}" for key, value in result.items()), as_json=as_json)
    options.next_step(f"prepare {slug}")


def fetched(competition: Competition, archive: str | None) -> Path:
    """The archive in its place: built here for a local competition, taken from `archive`, kept, or downloaded."""
    from kit import paths
    from kit.data.prepare import built
    from kit.kaggle import archive as kept
    from kit.kaggle import download

    folders, slug = paths.data(competition.slug), competition.slug
    if competition.local:
        if archive:
            raise ConfigError(f"{slug} is not on Kaggle: its archive is made here", do="leave --from out")
        made = built(competition, folders)
        kept.record(made, "built")
        return made
    if archive:
        return download.take(paths.expanded(archive), slug, folders.archives)
    return download.download(slug, folders.archives)
