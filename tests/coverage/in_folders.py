"""Archives of competitions that have a folder for each class, as Kaggle serves them, of a few images."""

from tests.coverage.in_tables import TEST, Members, asked
from tests.small_archives import images, table


def hidden_messages() -> Members:
    """The same names in each folder, and the folder of the test beside them."""
    folders = ("Cover", "JMiPOD", "JUNIWARD", "UERD")
    tested = [f"{n:04}.jpg" for n in range(1, 7)]
    return {
        **images(f"{folder}/{n:05}.jpg" for folder in folders for n in range(1, 7)),
        **images((f"Test/{name}" for name in tested), first=900),
        "sample_submission.csv": table("Id,Label", (f"{name},0.5" for name in tested)),
    }


def drivers() -> Members:
    """A folder for each class within folders, and a table of the drivers."""
    classes = [f"c{n}" for n in range(10)]
    named = {f"img_{1000 + 7 * n}.jpg": (f"p{n // 20:03}", classes[n % 10]) for n in range(60)}
    tested = [f"img_{n + 1}.jpg" for n in range(11)]
    return {
        **images(f"imgs/train/{kind}/{name}" for name, (_, kind) in named.items()),
        **images((f"imgs/test/{name}" for name in tested), first=900),
        "driver_imgs_list.csv": table(
            "subject,classname,img", (f"{who},{kind},{name}" for name, (who, kind) in named.items())
        ),
        "sample_submission.csv": table(f"img,{','.join(classes)}", (f"{name}{',0.1' * 10}" for name in tested)),
    }


HIDDEN = (  # what makes one class of three, keeps the four pictures of a name in one fold, and scores as the page says
    ("^COLUMNS = .*", 'COLUMNS = ("Cover", "hidden")'),
    (
        r"    return Split\(\*(class_folders.*)\)",
        r"""    ids, images, folders = \1
    labels = ["Cover" if folder == "Cover" else "hidden" for folder in folders]
    return Split(ids, images, labels, groups=[path.name for path in images])""",
    ),
    (
        "^COMPETITION = .*",
        """
def weighted_auc(labels, values):
    return (2 * AUC.score(labels, values) - partial_auc(min_tpr=0.4).score(labels, values)) / 1.4


COMPETITION = Competition(""",
    ),
    (
        'metric=".*"',
        'metric="weighted_auc", metrics={"weighted_auc": replace(AUC, score=weighted_auc, influence=None)}',
    ),
    ("of=.*,", 'of=("hidden",),'),
    (
        "^from kit.targets import Classes",
        "from dataclasses import replace\nfrom kit.metrics.ranking import AUC, partial_auc\nfrom kit.targets import Classes",
    ),
)


def seedlings() -> Members:
    species = ("Black-grass", "Common wheat", "Fat Hen", "Sugar beet")
    return {
        **images((f"train/{name}/{n:09x}.png" for n in range(6) for name in species), "PNG"),
        **images((f"test/{name}.png" for name in TEST), "PNG", first=900),
        "sample_submission.csv": asked("file,species", "{}.png,Sugar beet"),
    }


def paddies() -> Members:
    """A table with more columns beside the folders; a sample without labels."""
    names = ("blast", "tungro", "normal")
    tested = [f"{200001 + n}.jpg" for n in range(6)]
    return {
        **images(f"train_images/{names[n % 3]}/{100330 + n}.jpg" for n in range(24)),
        **images((f"test_images/{name}" for name in tested), first=900),
        "train.csv": table(
            "image_id,label,variety,age", (f"{100330 + n}.jpg,{names[n % 3]},ADT45,45" for n in range(24))
        ),
        "sample_submission.csv": table("image_id,label", (f"{name}," for name in tested)),
    }
