"""Archives of Kaggle's form that hold a few images, for each built-in competition."""

from kit.plugins import load
from tests.coverage import in_folders, in_tables
from tests.small_archives import image, images, packed7, pixel_rows, sample, table, tarred, zipped


def cats_and_dogs(test: str) -> dict[str, bytes]:
    train = {
        f"train/{name}.{n}.jpg": image(20 * n + len(name + "x" * (name == "cat")), "JPEG")
        for name in ("cat", "dog")
        for n in range(4)
    }
    return {
        "train.zip": zipped(train),
        f"{test}.zip": zipped({f"{test}/{n}.jpg": image(900 + n, "JPEG") for n in range(1, 12)}),
    }


def cifar() -> dict[str, bytes]:
    names = load("cifar-10").target.columns
    labels = [names[n % 10] for n in range(40)]
    return {
        "train.7z": packed7({f"train/{n + 1}.png": image(n, "PNG") for n in range(40)}),
        "test.7z": packed7({f"test/{n}.png": image(900 + n, "PNG") for n in range(1, 12)}),
        "trainLabels.csv": ("id,label\n" + "".join(f"{n + 1},{label}\n" for n, label in enumerate(labels))).encode(),
        "sampleSubmission.csv": sample("id,label", 11, "cat"),
    }


def cactus() -> dict[str, bytes]:
    train, test = ([f"{part}{n:031}.jpg" for n in range(count)] for part, count in (("a", 24), ("b", 11)))
    return {
        "train.zip": zipped(images(f"train/{name}" for name in train)),
        "test.zip": zipped(images((f"test/{name}" for name in test), first=900)),
        "train.csv": table("id,has_cactus", (f"{name},{int(n % 4 > 0)}" for n, name in enumerate(train))),
        "sample_submission.csv": table("id,has_cactus", (f"{name},0.5" for name in test)),
    }


def leaves() -> dict[str, bytes]:
    columns = "image_id,healthy,multiple_diseases,rust,scab"
    flags = [",".join(str(int(n % 4 == place)) for place in range(4)) for n in range(24)]
    return {
        **images(f"images/Train_{n}.jpg" for n in range(24)),
        **images((f"images/Test_{n}.jpg" for n in range(11)), first=900),
        "train.csv": table(columns, (f"Train_{n},{row}" for n, row in enumerate(flags))),
        "test.csv": table("image_id", (f"Test_{n}" for n in range(11))),
        "sample_submission.csv": table(columns, (f"Test_{n},0.25,0.25,0.25,0.25" for n in range(11))),
    }


def amazon() -> dict[str, bytes]:
    said = ("clear primary", "cloudy", "haze primary water", "agriculture clear primary road")
    parts = {"train-jpg": ("train", 24, 0), "test-jpg": ("test", 8, 900), "test-jpg-additional": ("file", 3, 950)}
    tars = {
        folder: tarred(images((f"{folder}/{name}_{n}.jpg" for n in range(count)), first=first))
        for folder, (name, count, first) in parts.items()
    }
    asked = [f"test_{n}" for n in range(8)] + [f"file_{n}" for n in range(3)]
    tables = {
        "train_v2.csv": table("image_name,tags", (f"train_{n},{said[n % 4]}" for n in range(24))),
        "sample_submission_v2.csv": table("image_name,tags", (f"{name},primary clear road" for name in asked)),
    }
    return {
        **{f"{folder}.tar.7z": packed7({f"{folder}.tar": data}) for folder, data in tars.items()},
        **{f"{name}.zip": zipped({name: data}) for name, data in tables.items()},
    }


def retinas() -> dict[str, bytes]:
    train, test = ([f"{part}{n:011}" for n in range(count)] for part, count in (("a", 25), ("b", 11)))
    return {
        **images((f"train_images/{name}.png" for name in train), "PNG"),
        **images((f"test_images/{name}.png" for name in test), "PNG", first=900),
        "train.csv": table("id_code,diagnosis", (f"{name},{n % 5}" for n, name in enumerate(train))),
        "test.csv": table("id_code", test),
        "sample_submission.csv": table("id_code,diagnosis", (f"{name},0" for name in test)),
    }


def whales() -> dict[str, bytes]:
    """Of the whales one has a single image."""
    seen = ["new_whale"] * 10 + [f"w_{n % 4}f5e2" for n in range(16)] + ["w_once"]
    train, test = ([f"{part}{n:08}.jpg" for n in range(count)] for part, count in (("0", len(seen)), ("1", 11)))
    return {
        **images(f"train/{name}" for name in train),
        **images((f"test/{name}" for name in test), first=900),
        "train.csv": table("Image,Id", (f"{name},{whale}" for name, whale in zip(train, seen, strict=True))),
        "sample_submission.csv": table(
            "Image,Id", (f"{name},new_whale w_0f5e2 w_1f5e2 w_2f5e2 w_3f5e2" for name in test)
        ),
    }


def houses() -> dict[str, bytes]:
    """Every tenth value is missing; a house is worth what its area is, and 2 % more each further year."""
    columns = load("house-prices-advanced-regression-techniques").table
    names = [*columns.numbers, *columns.categories]

    def row(n: int) -> list[str]:
        of_houses = [str(100 + 7 * n * place % 90) for place in range(len(columns.numbers))]
        told = [*of_houses, *(f"kind{(n + place) % 3}" for place in range(len(columns.categories)))]
        return [str(n), *("NA" if (n + place) % 10 == 0 else text for place, text in enumerate(told))]

    train, test = ([row(n) for n in numbers] for numbers in (range(1, 25), range(25, 36)))
    priced = [",".join([*house, str(int(100_000 * 1.02**n))]) for n, house in enumerate(train)]
    return {
        "train.csv": table(",".join(["Id", *names, "SalePrice"]), priced),
        "test.csv": table(",".join(["Id", *names]), map(",".join, test)),
        "sample_submission.csv": table("Id,SalePrice", (f"{house[0]},169277.0524984" for house in test)),
        "data_description.txt": b"MSSubClass: kind of dwelling",
    }


ARCHIVES = {
    "digit-recognizer": lambda: {
        "train.csv": pixel_rows(40, 784, labels=True),
        "test.csv": pixel_rows(11, 784, labels=False),
        "sample_submission.csv": sample("ImageId,Label", 11, "0"),
    },
    "dogs-vs-cats": lambda: cats_and_dogs("test1") | {"sampleSubmission.csv": sample("id,label", 11, "0")},
    "dogs-vs-cats-redux-kernels-edition": lambda: (
        cats_and_dogs("test") | {"sample_submission.csv": sample("id,label", 11, "0.5")}
    ),
    "cifar-10": cifar,
    "aerial-cactus-identification": cactus,
    "plant-pathology-2020-fgvc7": leaves,
    "planet-understanding-the-amazon-from-space": amazon,
    "aptos2019-blindness-detection": retinas,
    "humpback-whale-identification": whales,
    "state-farm-distracted-driver-detection": in_folders.drivers,
    "histopathologic-cancer-detection": in_tables.tissue,
    "siim-isic-melanoma-classification": in_tables.melanomas,
    "petfinder-pawpularity-score": in_tables.pets,
    "house-prices-advanced-regression-techniques": houses,
}
