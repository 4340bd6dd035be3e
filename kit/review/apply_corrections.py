"""From a table that a person filled in to the team's corrections."""

from collections import Counter
from pathlib import Path

from kit import paths
from kit.competition import Competition
from kit.data import cache, corrections
from kit.data.corrections import ACTIONS
from kit.errors import DataError


def apply(competition: Competition, file: Path) -> dict[str, int]:
    """Adds the decisions in `file` to data/<slug>/corrections.csv; of one row the new one counts. Returns how many there
    are now of each action. Raises DataError for a table that does not fit (kit.data.corrections.read).
    """
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    ids, labels = data.train.rows, data.train.labels
    new = corrections.read(file, competition, where, ids, labels)
    if not new:
        raise DataError(
            f"nothing is decided in {file}", expected="an action in at least one row: " + ", ".join(ACTIONS)
        )
    merged = {one.row: one for one in (*corrections.read_decisions(competition, where, ids, labels), *new)}
    corrections.write(where.corrections, data, competition.target, list(merged.values()))
    counts = Counter(one.action for one in merged.values())
    return {action: counts[action] for action in ACTIONS}
