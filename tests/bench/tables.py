"""The recipes of tables on house prices, out of fold, beside scikit-learn's Ridge on the same folds."""

import csv
import math
import zipfile
from pathlib import Path

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from kit import metrics, predictions
from kit.competition import Competition
from kit.data import cache, folds
from kit.data.cache import Dataset
from kit.metrics.standard_errors import paired_gain
from kit.paths import DataFolders
from kit.plugins import load
from tests.bench.place import Place

HERE = Path(__file__).parent
ASKED = 10  # rows of the test, which are training rows once more: all is scored out of fold


def prices(place: Place, seed: int) -> str:
    """RMSE of log prices, the folds dealt out by `seed`: each recipe, their ensemble, Ridge."""
    competition, archive = load("prices", [HERE]), place.home / "prices.zip"
    write_archive(place.archives.parent / "tables" / "ames.csv", archive)
    _kit(place, "download", "prices", "--from", str(archive))
    _kit(place, "prepare", "prices", "--fold-seed", str(seed))
    runs = {name: _kit(place, "train", "prices", "--recipe", name) for name in ("boosting", "mlp")}
    runs["ensemble"] = _kit(place, "ensemble", "prices", *(run for run, _ in runs.values()))
    where = DataFolders(place.home / "data" / "prices")
    data = cache.load(competition, where)
    told = {name: _read(place, run, data) for name, (run, _) in runs.items()}
    told["scikit-learn's Ridge"] = fit_ridge(competition, data, folds.read(where.folds, data.train.ids))
    lines = ["prices"]
    for name, values in told.items():
        score = metrics.evaluate(competition, data.train.labels, values)
        took = f", {runs[name][1]:.0f} s" if name in runs else ""
        lines.append(f"  {name}: RMSE {score['score']:.4f} ± {score['error']:.4f}{took}")
    better = min(("boosting", "mlp"), key=lambda name: _rmse(data, told[name]))
    gain, error = paired_gain(metrics.find(competition), data.train.labels, told["ensemble"], told[better])
    return "\n".join([*lines, f"  gain of the ensemble over {better}: {gain:.4f} ± {error:.4f}"])


def _kit(place: Place, *words: str) -> tuple[str, float]:
    """(the last line of stdout, seconds)."""
    lines, seconds, _ = place.kit("--competitions", str(HERE), *words)
    return lines[-1], seconds


def _read(place: Place, run: str, data: Dataset) -> np.ndarray:
    return predictions.load(place.home / "runs" / run / "oof.npz").select(data.train.ids)


def _rmse(data: Dataset, values: np.ndarray) -> float:
    return float(np.sqrt(np.mean((values - data.train.labels) ** 2)))


def write_archive(table: Path, archive: Path) -> None:
    """train.csv, test.csv and sample_submission.csv of a table of sold houses, ids and logarithms of prices added."""
    rows = list(csv.DictReader(table.read_text().splitlines()))
    names = [name for name in rows[0] if name not in ("rownames", "Order", "PID", "price")]
    train = [[row["PID"], math.log(float(row["price"])), *(row[name].strip() for name in names)] for row in rows]
    test = [[f"again-{pid}", *told] for pid, _, *told in train[:ASKED]]
    with zipfile.ZipFile(archive, "w") as out:
        for name, header, lines in (
            ("train.csv", ["id", "log_price", *names], train),
            ("test.csv", ["id", *names], test),
            ("sample_submission.csv", ["id", "log_price"], [[row[0], 12] for row in test]),
        ):
            out.writestr(name, "".join(",".join(map(str, line)) + "\n" for line in [header, *lines]))


def fit_ridge(competition: Competition, data: Dataset, fold_of: np.ndarray) -> np.ndarray:
    """float32 (N, 1), out of fold: numbers standardized, categories one by one; its strength is chosen within the folds."""
    numbers = len(competition.table.numbers)
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), slice(0, numbers)),
        (OneHotEncoder(handle_unknown="ignore"), slice(numbers, data.train.table.shape[1])),
    )
    values, labels = np.empty_like(data.train.labels), data.train.labels[:, 0]
    for fold in np.unique(fold_of):
        model = make_pipeline(columns, RidgeCV(np.logspace(-2, 3, 11)))
        model.fit(data.train.table[fold_of != fold], labels[fold_of != fold])
        values[fold_of == fold, 0] = model.predict(data.train.table[fold_of == fold])
    return values
