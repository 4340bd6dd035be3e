"""kit download"""

import click

from kit.cli import options
from kit.cli.options import GlobalOptions


@click.command()
@options.slug_argument
@click.option(
    "--from",
    "archive",
    metavar="ARCHIVE|FOLDER",
    type=click.Path(),
    help="A zip fetched by hand in the browser, or the folder that it was unpacked to.",
)
@options.archive_options
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, slug: str, archive: str | None, as_json: bool) -> None:
    """Fetch the archive of SLUG with Kaggle's client, or take one from disk. Size and sha256 go into a manifest.

    An interrupted download goes on where it stopped; an archive that is already there is checked and kept.
    """
    from kit.files import sha256
    from kit.kaggle.fetch import fetch_archive

    path = fetch_archive(obj.competition(slug), archive)
    result = {"path": str(path), "bytes": path.stat().st_size, "sha256": sha256(path)}
    options.result(result, "\n".join(f"{key:<8}{value}" for key, value in result.items()), as_json=as_json)
    options.next_step(f"prepare {slug}{options.typed_limits()}")
