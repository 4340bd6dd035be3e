"""finetune: a pretrained backbone goes on learning: its head first, then its last blocks, then all of it.

The head is not trained in epochs: it is the linear layer that the recipe `features` solves for, on features that are kept
on disk. Starting from it, the first steps do not tear the backbone's features apart (Kumar et al. 2022, "Fine-Tuning can
Distort Pretrained Features and Underperform Out-of-Distribution": LP-FT). It is epoch 0 of the history, and what is kept
where no epoch is better.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from kit.learn.fit.stages import Factor, Factors, Freeze, Stage
from kit.learn.member import Member
from kit.learn.networks import backbones
from kit.learn.recipe import AUGMENTED, IN_EPOCHS, History, Opened, Predictor, Recipe
from kit.learn.recipes import features, scratch

if TYPE_CHECKING:
    import keras

GROUPS = 4  # of layers, each with a learning rate of its own


def fit(member: Member) -> History:
    from kit.learn.fit import loop
    from kit.learn.networks import heads, units
    from kit.learn.predict.extract_features import compute

    training_set = replace(scratch.training_set(member), head_start=True)
    # the head must not have learned from the rows that decide when to stop
    unseen = replace(member, train_rows=training_set.samples["row"])

    def first_weights(model: "keras.Model") -> None:
        heads.backbone_of(model).set_weights(_load_pretrained(member).get_weights())
        [pooled] = compute(member, ("train",), ("identity",)).values()
        solved = features.solve(unseen, [pooled])[:2]
        model.get_layer(heads.NAME).set_weights(units.take_off(model, *solved))

    return loop.learn(network, first_weights, member, training_set, stages(member))


def stages(member: Member) -> list[Stage]:
    """One for each share of the backbone that learns. Each has a schedule of its own."""
    config = member.config
    return [
        Stage(
            config.epochs,
            config.batch_size,
            backbones.size_of(config),
            freeze=_freeze_early(share, config.weights),
            factors=_slow_early(config.rate_decay),
        )
        for share in config.unfreeze
    ]


def predictor(member: Member) -> Predictor:
    from kit.learn.predict import forward

    return forward.predictor(network(member), member, backbones.size_of(member.config))


def open_member(member: Member) -> Opened:
    from kit.learn.networks import heads, pretrained, weights

    name, size = member.config.backbone, backbones.size_of(member.config)
    whole = network(member)
    weights.load(whole, member.folder / weights.WEIGHTS)
    kernel, mixture = whole.get_layer(heads.NAME).get_weights()[0], heads.mixture_of(whole)
    return Opened(heads.backbone_of(whole), lambda pictures: pretrained.prepare(pictures, name, size, mixture), kernel)


def network(member: Member) -> "keras.Model":
    """uint8-valued images (N, H, W, C) -> logits (N, classes). The weights are random."""
    from kit.learn.networks import columns, heads, units

    competition = member.competition
    model = heads.add_head(member.config, competition.image_shape, len(competition.target.columns))
    return units.append(columns.fuse(model, member), competition.target)


def _load_pretrained(member: Member) -> "keras.Model":
    """From a file in any case: the same layers, then, as of a model with random weights."""
    from kit.learn.networks import pretrained

    config = member.config
    weights = str(pretrained.save_imagenet(config.backbone)) if config.weights == "imagenet" else config.weights
    return pretrained.build(config.backbone, weights, backbones.size_of(config), config.seed)


def _freeze_early(share: float, weights: str) -> Freeze:
    """Lets the last `share` of the backbone's layers learn. Batch normalisations keep the statistics that they came with:
    those of a small batch are worse, and a layer that is not trainable is in inference mode. With random weights they came
    with none, and learn as well.
    """

    def freeze(model: "keras.Model") -> None:
        from keras import layers

        from kit.learn.networks.heads import backbone_of

        inner = backbone_of(model)
        inner.trainable = True
        first = round((1 - share) * len(inner.layers))
        for number, layer in enumerate(inner.layers):
            keeps = weights != "none" and isinstance(layer, layers.BatchNormalization)
            layer.trainable = number >= first and not keeps

    return freeze


def _slow_early(decay: float) -> Factors:
    """Early layers, which see edges and colours, learn more slowly than late ones, and all more slowly than the head (Howard
    and Ruder 2018, "Universal Language Model Fine-tuning": discriminative rates).
    """

    def factors(model: "keras.Model") -> Factor:
        from kit.learn.networks.heads import backbone_of

        inner = backbone_of(model).layers
        rate = {
            variable.path: decay ** (GROUPS - number * GROUPS // len(inner))
            for number, layer in enumerate(inner)
            for variable in layer.trainable_variables
        }
        return lambda variable: rate.get(variable.path, 1.0)

    return factors


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=lambda competition: backbones.BACKBONES,
    settings=(*IN_EPOCHS, *AUGMENTED, "weights", "epochs", "image_size", "unfreeze", "rate_decay", "head_strength"),
    defaults={  # pretrained weights want small steps
        "optimizer": "adamw",
        "learning_rate": 1e-4,
        "schedule": "cosine",
        "warmup": 0.1,
        "weight_decay": 0.01,
        "batch_size": 32,
        "epochs": 4,
        "dropout": 0.2,
        "ema": 0.0,
        "patience": 2,
    },
    epochs=lambda config: (config.epochs,) * len(config.unfreeze),
    pretrained=True,
)
