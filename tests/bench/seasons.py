"""Made seasons of which the truth is known: runs of one team, their predictions out of fold, and both halves of the board."""

from dataclasses import dataclass

import numpy as np

from kit.competition import Archives, Competition, Split, Submission
from kit.leaderboard import final_two, private_board
from kit.targets import Classes, Grades, Numbers

KINDS = {  # metric: (number of classes, kind of submission)
    "accuracy": (6, "label"),
    "log_loss": (6, "probability"),
    "auc": (2, "probability"),
    "macro_f1": (6, "label"),
    "map@3": (6, "ranking"),
    "quadratic_kappa": (5, "label"),
    "rmse": (1, "value"),
}


@dataclass(frozen=True, eq=False)
class Season:
    """labels, stack: out of fold, as kit.leaderboard.private_board takes them. public, private: scores (R,)."""

    competition: Competition
    labels: np.ndarray
    stack: np.ndarray
    public: np.ndarray
    private: np.ndarray
    public_rows: int
    private_rows: int


def play(metric: str, draw: np.random.Generator) -> Season:
    """Of three to eight runs of two families, whose skill differs by 1 to 6 %; test rows may be easier or harder for all.

    What is hard is so for all runs, for a family or for one run alone. Every other season one run was not sent.
    """
    competition, count = _make_competition(metric), int(draw.integers(3, 9))
    rows = int(draw.integers(300, 4000)), int(draw.integers(150, 1500))
    private_rows = int(rows[1] * draw.uniform(0.7, 4))
    skill = draw.uniform(1, 3) * (1 + draw.choice([0.01, 0.03, 0.06]) * draw.normal(size=count))
    shares, family = draw.dirichlet([4, 2, 2]), draw.integers(0, 2, count)
    easier = 1 + draw.choice([0, 0.02, 0.05, 0.1]) * draw.normal()
    made = [
        _predict(competition, number, skill * ease, shares, family, draw)
        for number, ease in ((rows[0], 1.0), (rows[1], easier), (private_rows, easier))
    ]
    public, private = (private_board.scores(competition, *half) for half in made[1:])
    if draw.random() < 0.5:
        public[draw.integers(count)] = np.nan
    return Season(competition, *made[0], public, private, rows[1], private_rows)


def _make_competition(metric: str) -> Competition:
    classes, kind = KINDS[metric]
    names = tuple(f"c{number}" for number in range(classes))
    target = {"value": Numbers, "ranking": Classes}.get(kind, Grades if metric == "quadratic_kappa" else Classes)(names)
    columns = names if kind in ("probability", "value") else ("label",)
    form = Submission("id", columns, kind, k=3)
    archives = Archives("train", "test")
    return Competition("made", "Made", target, metric=metric, submission=form, archives=archives, read=_read)


def _read(raw: object, split: str) -> Split:
    raise NotImplementedError


def _predict(
    competition: Competition,
    rows: int,
    skill: np.ndarray,
    shares: np.ndarray,
    family: np.ndarray,
    draw: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """(labels, predictions (R, rows, C)): evidence of the truth by skill (R,), and noise, of whose variance `shares` are
    common to all, to a family (R,), and each run's own.
    """
    classes = len(competition.target.columns)
    parts = [draw.normal(size=(many, rows, classes)) for many in (1, 2, len(skill))]
    noise = sum(
        np.sqrt(share) * part for share, part in zip(shares, (parts[0], parts[1][family], parts[2]), strict=True)
    )
    if classes == 1:
        labels = draw.normal(size=(rows, 1))
        return labels.astype(np.float32), (labels + noise / skill[:, None, None]).astype(np.float32)
    labels = draw.choice(classes, rows, p=np.arange(classes, 0, -1) / (classes * (classes + 1) / 2))
    far = np.abs(np.arange(classes) - labels[:, None]) / 2 if competition.metric == "quadratic_kappa" else None
    truth = np.eye(classes)[labels] if far is None else -far
    seen = skill[:, None, None] * (skill[:, None, None] * truth + noise)
    said = np.exp(seen - seen.max(2, keepdims=True))
    return labels, (said / said.sum(2, keepdims=True)).astype(np.float32)


def count_held(off: np.ndarray) -> float:
    """The share of forecasts whose 80 % interval holds the truth; off: (S,), by how many of their errors they are above it."""
    return float((np.abs(off) <= final_two.WITHIN).mean())


def average(values: np.ndarray) -> tuple[float, float]:
    """(mean, its standard error)."""
    return float(values.mean()), float(values.std() / np.sqrt(len(values)))


def tell_forecasts(off: np.ndarray) -> str:
    mean, error = average(off)
    return f"held {count_held(off):.1%}; off {mean:+.3f} ±{error:.3f}"


def tell_difference(values: np.ndarray) -> str:
    mean, error = average(values)
    return f"{mean:+.5f} ±{error:.5f}"
