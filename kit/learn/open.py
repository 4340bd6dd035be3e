"""The network of a trained run, opened to look into. Loads Keras, and the weights of one member."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from kit import paths
from kit.competition import Competition
from kit.data import folds
from kit.data.cache import Dataset
from kit.errors import DataError
from kit.learn import predict_again, train
from kit.learn.networks import weights
from kit.learn.recipe import Opened
from kit.runs import Run, provenance


@dataclass(frozen=True)
class Network:
    """model: its layers, from images as `prepare` makes them of uint8 (N, H, W, C), values 0 to 255. kernel: float32
    (D, classes), the weights of the last dense layer. label: which member it is. validation_rows: int64 (n,), the rows of
    data.train that this member was judged on.
    """

    model: keras.Model
    prepare: Callable[[np.ndarray], np.ndarray]
    kernel: np.ndarray
    label: str
    validation_rows: np.ndarray

    def output(self, tensor: keras.KerasTensor, pictures: np.ndarray) -> np.ndarray:
        """What the images, uint8 (N, H, W, C), make of a tensor within the model."""
        inner = keras.Model(self.model.inputs[0], tensor)
        return np.asarray(keras.ops.convert_to_numpy(inner(self.prepare(pictures), training=False)))


def open_network(competition: Competition, data: Dataset, run: Run) -> Network:
    """The network of fold 0's first member of a run, or of the training that a run of kind "predict" goes back to.

    data: the prepared images that it was trained on, such as kit.report_data(run, competition).data. Raises DataError for an
    ensemble, which has no network of its own, for other data, and where the weights are not here.
    """
    if run.kind == "ensemble":
        raise DataError("an ensemble has no network of its own", do="see the reports of its members")
    trained = predict_again.find_training(run)
    fold_of = folds.read(paths.data(competition.slug).folds, data.train.ids)
    provenance.check_data(trained, folds.fingerprints(data, fold_of))
    member = train.member_of(trained, competition, data, fold_of, 0, 0)
    if not (member.folder / weights.WEIGHTS).exists():
        raise DataError(f"the weights of {trained.id} are not here", received=f"no {weights.WEIGHTS} of {member.label}")
    opened: Opened = member.recipe.open(member)
    return Network(opened.model, opened.prepare, opened.kernel, member.label, member.validation_rows)
