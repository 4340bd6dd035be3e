"""A competition's archive, put where `kit prepare` looks for it, from wherever it comes."""

from pathlib import Path

from kit import paths
from kit.competition import Competition
from kit.data.prepare import build_archive
from kit.errors import ConfigError
from kit.kaggle import archive, download


def fetch_archive(competition: Competition, source: str | Path | None = None) -> Path:
    """The path of the archive: built here for a local competition, copied from `source`, kept if it is there, or downloaded
    with Kaggle's client. Its size in bytes and its sha256 go into a manifest beside it.

    Raises ConfigError for a source of a local competition, DataError for an archive that is missing, damaged or not the one
    recorded before, AccessError for a missing or refused token or rules not accepted, KaggleError if the network fails.
    """
    folders, slug = paths.data(competition.slug), competition.slug
    if competition.scored_here:
        if source:
            raise ConfigError(f"{slug} is not on Kaggle: its archive is made here", do="leave --from out")
        made = build_archive(competition, folders)
        archive.record(made, "built")
        return made
    if source:
        return download.take(paths.expand_home(str(source)), slug, folders.archives)
    return download.download(slug, folders.archives)
