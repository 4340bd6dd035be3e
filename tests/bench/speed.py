"""The speed of the kit as ratios, each measured by a process of its own; see the modules named here."""

from tests.bench.place import BACKBONES, Place

SLUGS = ("digit-recognizer", "cifar-10")
PIXELS = ("160", "224")


def pipeline(place: Place, seed: int) -> str:
    """Training rate with the real pipeline ÷ on one batch held in memory; first epoch with decoding ÷ later ones."""
    for slug in (*SLUGS, "dogs-vs-cats"):
        place.fetched(slug)
    return "\n".join(line for kind in (*SLUGS, *PIXELS) for line in place.measured("pipeline", kind, "6"))


def workers(place: Place, seed: int) -> str:
    """Augmented images per second with 0, 1 and 2 workers."""
    return "\n".join(place.measured("loaders", "0", "1", "2"))


def loaders(place: Place, seed: int) -> str:
    """The same, and by keras.utils.PyDataset and (if installed) grain."""
    return "\n".join(place.measured("loaders", "0", "1", "2", "--peers"))


def passes(place: Place, seed: int) -> str:
    """The feature pass against image_dataset_from_directory and predict of Keras."""
    place.fetched("dogs-vs-cats")
    ends = ("mobilenet_v2_1.00", "mobilenet_v2_0.35")  # where the network takes the time, and where decoding does
    return "\n".join(
        line for name in ends for line in place.measured("passes", name, str(place.weights / BACKBONES[name]))
    )


def bf16(place: Place, seed: int) -> str:
    """Features by oneDNN's bfloat16 mathematics against float32: their rates, and the difference in probabilities."""
    place.fetched("dogs-vs-cats")
    words = [word for name, file in BACKBONES.items() for word in (name, str(place.weights / file))]
    return "\n".join(place.measured("bf16", *words))
