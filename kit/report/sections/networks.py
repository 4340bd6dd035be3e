"""Inside a trained network: its filters and feature maps. Loads Keras, and the weights of one member."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import keras
import numpy as np
from keras import layers

from kit.data import folds
from kit.errors import ConfigError, DataError
from kit.learn import predict_again, train
from kit.learn.input.augment import resized
from kit.learn.member import Member
from kit.learn.networks import pretrained, weights
from kit.learn.recipes import features, finetune, scratch
from kit.report.render import html, images
from kit.report.sections.sheets import of_all_classes
from kit.report.subject import Subject
from kit.runs import provenance

LOOKED_AT, CHANNELS, FILTERS = 4, 11, 64


@dataclass(frozen=True)
class Network:
    """model: its layers, from images as `prepare` makes them of uint8 (N, H, W, C). kernel: float32 (D, classes), the weights
    of the last dense layer. label: which member it is.
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


@lru_cache(maxsize=1)
def opened(about: Subject) -> Network:
    """The first member of the training that the run goes back to. Raises DataError without one, or without weights."""
    if about.run.kind == "ensemble":
        raise DataError("an ensemble has no network of its own", do="see the reports of its members")
    trained = predict_again.trained_run(about.run)
    fold_of = folds.read(about.folders.folds, about.data.train.ids)
    provenance.check_data(trained, folds.fingerprints(about.data, fold_of))
    member = train.member_of(trained, about.competition, about.data, fold_of, 0, 0)
    if not (member.folder / weights.WEIGHTS).exists():
        raise DataError(f"the weights of {trained.id} are not here", received=f"no {weights.WEIGHTS} of {member.label}")
    return _pretrained(member) if trained.config.recipe in ("features", "finetune") else _from_scratch(member)


def _from_scratch(member: Member) -> Network:
    config = member.config
    size = config.stage_sizes[-1] if config.recipe == "progressive" else config.image_size
    model = scratch.network(member)
    weights.load(model, member.folder / weights.WEIGHTS)
    [*_, dense] = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    return Network(
        model,
        lambda pictures: resized(pictures, size).astype(np.float32),
        dense.get_weights()[0],
        member.label,
        member.validation_rows,
    )


def _pretrained(member: Member) -> Network:
    name, size = member.config.backbone, pretrained.size_of(member.config)
    if member.config.recipe == "finetune":
        whole = finetune.network(member)
        weights.load(whole, member.folder / weights.WEIGHTS)
        model, head = finetune.backbone_of(whole), whole.get_layer("logits")
    else:
        model = pretrained.build(name, member.config.weights, size, member.config.seed)
        head = features.head_of(model.output_shape[-1], len(member.competition.classes))
        weights.load(head, member.folder / weights.WEIGHTS)
    return Network(
        model,
        lambda pictures: pretrained.prepare(pictures, name, size),
        head.get_weights()[0],
        member.label,
        member.validation_rows,
    )


def filters(about: Subject) -> str:
    """The filters of a layer, where they see colours or grey, and what it makes of some images."""
    network = opened(about)
    layer = _convolution(network.model, about.layer)
    rows = network.validation_rows[of_all_classes(about.data.train.labels[network.validation_rows], LOOKED_AT, 0)]
    pictures = about.data.train.images[rows]
    seen = network.output(layer.output, pictures)
    strongest = np.argsort(-seen.std((0, 1, 2)), kind="stable")[:CHANNELS]
    strips = []
    for picture, channels in zip(pictures, seen, strict=True):
        tiles = [images.tile(picture, "image", "the image")]
        tiles += [images.tile(images.grey(channels[..., n])[..., None], f"map {n}", f"map {n}") for n in strongest]
        strips.append(images.strip(tiles))
    words = f"Convolution {about.layer}, {seen.shape[1]}x{seen.shape[2]} places and {seen.shape[3]} maps, of {network.label}."
    return (
        html.paragraph(words)
        + _filters(layer)
        + f"<h3>Feature maps: the {len(strongest)} that vary most</h3>"
        + "".join(strips)
    )


def _filters(layer: keras.Layer) -> str:
    arrays = layer.get_weights() if isinstance(layer, layers.Conv2D) else []
    kernels: np.ndarray = arrays[0] if arrays else np.empty(0)
    if kernels.ndim != 4 or kernels.shape[2] not in (1, 3):  # more channels than colours are no picture
        return ""
    tiles = [images.img(images.grey(kernels[..., number]), f"filter {number}") for number in range(kernels.shape[3])]
    return "<h3>Filters</h3>" + images.grid(tiles[:FILTERS], 2.6)


def _convolution(model: keras.Model, number: int) -> keras.Layer:
    """The network's convolution of that number, from 1. By number: Keras's names depend on what it built before."""
    known = [layer for layer in model.layers if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)]
    if not 1 <= number <= len(known):
        raise ConfigError("no such convolution in the network", received=number, expected=f"1 to {len(known)}")
    return known[number - 1]
