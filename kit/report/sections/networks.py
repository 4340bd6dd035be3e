"""Inside a trained network: its filters and feature maps. Loads Keras."""

from functools import lru_cache

import keras
import numpy as np
from keras import layers

from kit.errors import ConfigError
from kit.learn.open import Network, open_network
from kit.report.render import html, images
from kit.report.sections.sheets import sample_strata
from kit.report.subject import Subject

LOOKED_AT, CHANNELS, FILTERS = 4, 11, 64


@lru_cache(maxsize=1)
def opened(about: Subject) -> Network:
    """The network of the subject's run, once for all sections of a page. Raises DataError as `open_network` does."""
    return open_network(about.competition, about.data, about.run)


def filters(about: Subject) -> str:
    """The filters of a layer, where they see colours or grey, and what it makes of some images."""
    network = opened(about)
    layer = _convolution(network.model, about.layer)
    strata = about.competition.target.strata(about.data.train.labels[network.validation_rows])
    rows = network.validation_rows[sample_strata(strata, LOOKED_AT, 0)]
    pictures = about.data.train.images[rows]
    seen = network.output(layer.output, pictures)
    strongest = np.argsort(-seen.std((0, 1, 2)), kind="stable")[:CHANNELS]
    strips = []
    for picture, channels in zip(pictures, seen, strict=True):
        tiles = [images.tile(picture, "image", "the image")]
        tiles += [
            images.tile(images.convert_to_gray(channels[..., n])[..., None], f"map {n}", f"map {n}") for n in strongest
        ]
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
    tiles = [
        images.img(images.convert_to_gray(kernels[..., number]), f"filter {number}")
        for number in range(kernels.shape[3])
    ]
    return "<h3>Filters</h3>" + images.grid(tiles[:FILTERS], 2.6)


def _convolution(model: keras.Model, number: int) -> keras.Layer:
    """The network's convolution of that number, from 1. By number: Keras's names depend on what it built before."""
    known = [layer for layer in model.layers if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)]
    if not 1 <= number <= len(known):
        raise ConfigError("no such convolution in the network", received=number, expected=f"1 to {len(known)}")
    return known[number - 1]
