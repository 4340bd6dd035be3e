"""A small competition of every kind of target, prepared, and finished runs of it that no training made."""

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.json_files import write_json
from kit.plugins import load
from tests.small_archives import zipped

PLUGIN = """
import numpy as np
from kit.competition import Archives, Competition, Split, Submission
from kit.targets import Classes, Grades, Labels, Numbers, Votes


def read(raw, part):
    count = 60 if part == "train" else 20
    draw = np.random.default_rng(count)
    bright = draw.integers(0, 4, (count, 2))  # of the upper and of the lower half
    images = np.repeat(bright * 60, 4, axis=1)[:, :, None].repeat(8, 2) + draw.integers(0, 20, (count, 8, 8))
    labels = [{label} for upper, lower in bright.tolist()]
    return Split([str(n) for n in range(count)], images.astype(np.uint8)[..., None], labels if part == "train" else None)


COMPETITION = Competition(
    slug="halves", title="Halves", target={target}, image_shape=(8, 8, 1), metric="{metric}",
    submission=Submission("id", {submission}), archives=Archives("train", "test", "sample.csv"), read=read,
    tta=("identity", "hflip"),
    defaults={{"backbone": "cnn", "width": 4, "epochs": 1, "batch_size": 16, "workers": 0, "folds": 3}},
)
"""
TAGS = '[name for name, one in zip("ab", (upper, lower)) if one > 1]'
KINDS = {  # label, target, metric, submission
    "labels": (TAGS, 'Labels(("a", "b"))', "row_f2", '("tags",), "labels"'),
    "columns": (TAGS, 'Labels(("a", "b"))', "auc", '("a", "b"), "probability"'),
    "numbers": ("float(upper + lower)", 'Numbers(("sum",), low=0, high=6)', "rmse", '("sum",), "value"'),
    "grades": ("str(upper)", 'Grades(("0", "1", "2", "3"))', "quadratic_kappa", '("grade",)'),
    "ranking": ("str(upper)", 'Classes(("0", "1", "2", "3"))', "map@3", '("best",), "ranking", k=3'),
    "votes": ("(upper + 1, lower + 1)", 'Votes(("a", "b"))', "kl_divergence", '("a", "b"), "probability"'),
}


@pytest.fixture(params=KINDS)
def halves(request, tmp_path, here):
    """The competition, prepared."""
    folder = tmp_path / "plugins" / "halves"
    folder.mkdir(parents=True, exist_ok=True)
    fields = dict(zip(("label", "target", "metric", "submission"), KINDS[request.param], strict=True))
    (folder / "competition.py").write_text(PLUGIN.format(**fields))
    competition = load("halves", [folder.parent])
    columns = competition.submission.target_columns
    sample = ",".join(["id", *columns]) + "\n" + "".join(f"{n}{',0' * len(columns)}\n" for n in range(20))
    archive = tmp_path / "halves.zip"
    archive.write_bytes(zipped({"sample.csv": sample, "train": "", "test": ""}))
    here("download", "halves", "--from", str(archive))
    here("prepare", "halves")
    return competition


@pytest.fixture
def make_run(halves):
    """make_run(name, noise) -> a finished run whose predictions are the truth with noise, in logits."""

    def make(name: str, noise: float) -> runs.Run:
        where, target = paths.data("halves"), halves.target
        data = cache.load(halves, where)
        fold_of = folds.read(where.folds, data.train.ids)
        prints = folds.fingerprints(data, fold_of)
        run = runs.create("halves", "train", Config(folds=3), {}, name=name, fingerprints=prints)
        draw = np.random.default_rng(len(name))

        def predict(labels: np.ndarray) -> np.ndarray:
            logits = target.link(target.tell(labels), 0.1)
            return target.activate(logits + noise * draw.normal(size=logits.shape))

        values = predict(data.train.labels)
        predictions.save(run.oof, predictions.make(data.train.ids, values, target))
        predictions.save(run.test, predictions.make(data.test.ids, predict(data.train.labels[:20]), target))
        write_json(run.metrics, {"metric": halves.metric, **metrics.evaluate(halves, data.train.labels, values)})
        return run

    return make
