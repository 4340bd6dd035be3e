"""What a model makes of each column of a table: how much worse it scores when the column is shuffled among rows it never saw
(L. Breiman, "Random Forests", 2001). Loads the network or trees of one member.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from kit import metrics, paths
from kit.data import cache, folds
from kit.learn import predict_again, train
from kit.learn.member import Member
from kit.report.render import html
from kit.report.subject import Subject
from kit.runs import provenance

REPEATS = 5  # shuffles of each column
MAX_ROWS, MAX_SHOWN = 400, 30  # rows drawn at random; columns shown


def section(about: Subject) -> str:
    """Empty for a run that does not read the table."""
    if not len(about.data.train.table.T) or not about.run.has_models:
        return ""
    names, drops = measure(about)
    order = np.argsort(-drops.mean(1), kind="stable")[:MAX_SHOWN]
    if not drops.any():
        return ""
    rows = [
        {"column": names[place], "worse by": f"{drops[place].mean():.4g}", "±": f"{drops[place].std(ddof=1):.2g}"}
        for place in order
    ]
    words = (
        f"By how much {about.competition.metric} of fold 0's first member gets worse when a column is shuffled among the "
        f"rows that it is judged on: the mean of {REPEATS} shuffles, and their deviation. Columns that tell the same hide "
        "each other."
    )
    return html.paragraph(words) + html.table(rows, tall=len(rows) > 20)


def measure(about: Subject) -> tuple[tuple[str, ...], np.ndarray]:
    """(names of the K columns, float64 (K, REPEATS): how much worse the score gets by each shuffle)."""
    competition, data = about.competition, about.data
    trained = predict_again.find_training(about.run)
    fold_of = folds.read(paths.data(competition.slug).folds, data.train.ids)
    provenance.check_data(trained, folds.fingerprints(data, fold_of))
    member = train.member_of(trained, competition, data, fold_of, 0, 0)
    rows = np.sort(np.random.default_rng(0).permutation(member.validation_rows)[:MAX_ROWS])
    said = (_ask_at_once if member.recipe.reads == "table" else _ask_one_by_one)(member, rows)
    truth, sign = data.train.labels[rows], metrics.find(competition).sign
    scores = np.array([metrics.evaluate(competition, truth, part)["score"] for part in said])
    drops = sign * (scores[0] - scores[1:])
    return competition.table.columns, drops.reshape(-1, REPEATS)


def _shuffle(table: np.ndarray) -> Iterator[np.ndarray]:
    """float32 (N, K): the table as it is, then REPEATS times with the first column shuffled, and so on."""
    draw = np.random.default_rng(0)
    yield table
    for place in range(table.shape[1]):
        for _ in range(REPEATS):
            shuffled = table.copy()
            shuffled[:, place] = draw.permutation(table[:, place])
            yield shuffled


def _ask_at_once(member: Member, rows: np.ndarray) -> list[np.ndarray]:
    """What is predicted of each of the tables: in one call, since small ones cost a model of trees as much."""
    train = member.data.train
    tables = np.concatenate([*_shuffle(train.table[rows])])
    copies = np.tile(rows, len(tables) // len(rows))
    seen = replace(cache.select_rows(train, copies, train.images[:0]), table=tables)
    said = _ask(member, seen, np.arange(len(copies)))
    return np.split(said, len(copies) // len(rows))


def _ask_one_by_one(member: Member, rows: np.ndarray) -> list[np.ndarray]:
    """The same, by a model that also sees the images."""
    train, said = member.data.train, []
    for shuffled in _shuffle(train.table[rows]):
        table = train.table.copy()
        table[rows] = shuffled
        said.append(_ask(member, replace(train, table=table), rows))
    return said


def _ask(member: Member, split: cache.CachedSplit, rows: np.ndarray) -> np.ndarray:
    return member.recipe.predictor(member)(split, rows, member.config.tta, "importance of columns")
