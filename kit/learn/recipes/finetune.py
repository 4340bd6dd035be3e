"""finetune: a pretrained backbone goes on learning: its head first, then its last blocks, then all of it.

The head is not trained in epochs: it is the linear layer that the recipe `features` solves for, on features that are kept
on disk. Starting from it, the first steps do not tear the backbone's features apart (Kumar et al. 2022, "Fine-Tuning can
Distort Pretrained Features and Underperform Out-of-Distribution": LP-FT). It is epoch 0 of the history, and what is kept
where no epoch is better.
"""

from dataclasses import replace

import keras
from keras import layers

from kit.learn import device
from kit.learn.fit import loop
from kit.learn.fit.optimizers import Factor
from kit.learn.fit.stages import Begin, Factors, Stage
from kit.learn.member import Member
from kit.learn.networks import pretrained
from kit.learn.predict import forward
from kit.learn.predict.extract_features import compute
from kit.learn.predict.forward import Predictor
from kit.learn.recipes import features, scratch

GROUPS = 4  # of layers, each with a learning rate of its own


def fit(member: Member) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in member.folder. Returns the history, one record per epoch."""
    training_set = replace(scratch.training_set(member), head_start=True)

    def begin(model: keras.Model) -> None:
        backbone_of(model).set_weights(_pretrained(member).get_weights())
        [pooled] = compute(member.data, member.data_folders, member.config, ("train",), ("identity",)).values()
        # the head must not have learned from the rows that decide when to stop
        unseen = replace(member, train_rows=training_set.samples["row"])
        model.get_layer("logits").set_weights(list(features.solve(unseen, [pooled])[:2]))

    return loop.learn(network, begin, member, training_set, stages(member))


def stages(member: Member) -> list[Stage]:
    """One for each share of the backbone that learns. Each has a schedule of its own."""
    config = member.config
    return [
        Stage(
            config.epochs,
            config.batch_size,
            pretrained.size_of(config),
            begin=_unfrozen(share, config.weights),
            factors=_slower(config.rate_decay),
        )
        for share in config.unfreeze
    ]


def predictor(member: Member) -> Predictor:
    return forward.predictor(network(member), member, pretrained.size_of(member.config))


def network(member: Member) -> keras.Model:
    """uint8-valued images (N, size, size, 1 or 3) -> logits (N, classes). The weights are random."""
    size, name = pretrained.size_of(member.config), member.config.backbone
    images = keras.Input((size, size, member.competition.image_shape[2]))
    x = layers.Concatenate()([images] * 3) if images.shape[-1] == 1 else images
    x = pretrained.build(name, "none", size)(pretrained.preprocess(x, name))
    x = layers.Dropout(member.config.dropout)(x)
    logits = layers.Dense(len(member.competition.classes), name="logits", dtype="float32")(x)
    model = keras.Model(images, logits, name="finetune")
    model.jit_compile = device.jit_compile(member.config.jit_compile)
    return model


def backbone_of(model: keras.Model) -> keras.Model:
    [inner] = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return inner


def _pretrained(member: Member) -> keras.Model:
    """From a file in any case: the same layers, then, as of a model with random weights."""
    config = member.config
    weights = str(pretrained.kept(config.backbone)) if config.weights == "imagenet" else config.weights
    return pretrained.build(config.backbone, weights, pretrained.size_of(config), config.seed)


def _unfrozen(share: float, weights: str) -> Begin:
    """Lets the last `share` of the backbone's layers learn. Batch normalisations keep the statistics that they came with:
    those of a small batch are worse, and a layer that is not trainable is in inference mode. With random weights they came
    with none, and learn as well.
    """

    def begin(model: keras.Model) -> None:
        inner = backbone_of(model)
        inner.trainable = True
        first = round((1 - share) * len(inner.layers))
        for number, layer in enumerate(inner.layers):
            keeps = weights != "none" and isinstance(layer, layers.BatchNormalization)
            layer.trainable = number >= first and not keeps

    return begin


def _slower(decay: float) -> Factors:
    """Early layers, which see edges and colours, learn more slowly than late ones, and all more slowly than the head (Howard
    and Ruder 2018, "Universal Language Model Fine-tuning": discriminative rates).
    """

    def factors(model: keras.Model) -> Factor:
        inner = backbone_of(model).layers
        rate = {
            variable.path: decay ** (GROUPS - number * GROUPS // len(inner))
            for number, layer in enumerate(inner)
            for variable in layer.trainable_variables
        }
        return lambda variable: rate.get(variable.path, 1.0)

    return factors
