"""Archives of competitions whose labels stand in a CSV table, as Kaggle serves them, of a few images."""

import io

import numpy as np

from tests.small_archives import images, packed7, table, zipped

Members = dict[str, str | bytes]
TRAIN = [f"{number:012x}" for number in range(24)]
TEST = [f"f{number:011x}" for number in range(11)]


def pictures(train: str, test: str, form: str = "JPEG") -> Members:
    """An image of each training and test id, at the paths that two patterns give."""
    trained, tested = (
        images(map(train.format, TRAIN), form),
        images(map(test.format, TEST), form, first=900),
    )
    return {**trained, **tested}


def rows(header: str, row: str, *cycles: tuple[str, ...]) -> bytes:
    """A row for each training id; each {} after the first is the next of a cycle."""
    return table(
        header,
        (row.format(name, *(cycle[place % len(cycle)] for cycle in cycles)) for place, name in enumerate(TRAIN)),
    )


def asked(header: str, row: str) -> bytes:
    """A row for each test id."""
    return table(header, map(row.format, TEST))


def cassava() -> Members:
    return {
        **pictures("train_images/{}.jpg", "test_images/{}.jpg"),
        "train.csv": rows("image_id,label", "{}.jpg,{}", tuple("01234")),
        "sample_submission.csv": asked("image_id,label", "{}.jpg,4"),
        "label_num_to_disease_map.json": '{"0": "Cassava Bacterial Blight (CBB)", "4": "Healthy"}',
        "train_tfrecords/ld_train00-1338.tfrec": b"\0",
        "test_tfrecords/ld_test00-1.tfrec": b"\0",
    }


def breeds() -> Members:
    return {
        **pictures("train/{}.jpg", "test/{}.jpg"),
        "labels.csv": rows("id,breed", "{},{}", ("boston_bull", "dingo", "pekinese")),
        "sample_submission.csv": asked("id,boston_bull,dingo,pekinese", "{},0.33,0.33,0.33"),
    }


def tissue() -> Members:
    return {
        **pictures("train/{}.tif", "test/{}.tif", "TIFF"),
        "train_labels.csv": rows("id,label", "{},{}", ("0", "0", "1")),
        "sample_submission.csv": asked("id,label", "{},0"),
    }


def hotels() -> Members:
    """Images in a folder for each chain."""
    chains = {name: place % 3 for place, name in enumerate(TRAIN)}
    hotels = ("53586", "18807", "64314", "60181", "36363", "9917")
    return {
        **images(f"train_images/{chain}/{name}.jpg" for name, chain in chains.items()),
        **images((f"test_images/{name}.jpg" for name in TEST), first=900),
        "train.csv": rows(
            "image,chain,hotel_id,timestamp", "{}.jpg,{},{},2018-04-13 17:00:00", ("0", "1", "2"), hotels
        ),
        "sample_submission.csv": asked("image,hotel_id", "{}.jpg,36363 53586 18807 64314 60181"),
    }


def artworks() -> Members:
    tags = ("448 2429 782", "704", "0 1", "2429 784 1039 2")
    return {
        **pictures("train/{}.png", "test/{}.png", "PNG"),
        "labels.csv": table("attribute_id,attribute_name", ("0,country::afghanistan", "448,culture::italian")),
        "train.csv": rows("id,attribute_ids", "{},{}", tags),
        "sample_submission.csv": asked("id,attribute_ids", "{},0 1 2"),
    }


def hydrangeas() -> Members:
    """Ids of both parts count from 1."""
    train, test = (
        packed7(images(f"{part}/{n}.jpg" for n in range(1, count))) for part, count in (("train", 25), ("test", 7))
    )
    labels = table("name,invasive", (f"{n},{n % 3 // 2}" for n in range(1, 25)))
    return {
        "train.7z": train,
        "test.7z": test,
        "train_labels.csv.zip": zipped({"train_labels.csv": labels}),
        "sample_submission.csv.zip": zipped(
            {"sample_submission.csv": table("name,invasive", (f"{n},0.5" for n in range(1, 7)))}
        ),
    }


def camera_traps() -> Members:
    """A table for each part; the column of labels is called otherwise than the sample's."""
    header = "{}date_captured,file_name,frame_num,id,location,rights_holder,seq_id,seq_num_frames,width,height"
    row = "{}2011-05-13 23:43:18,{}.jpg,{},{},{},Justin Brown,6f084ccc,3,1024,747"
    train = [
        row.format(f"{(0, 19, 13, 16)[n % 4]},", name, n % 3 + 1, name, 33 + n % 4) for n, name in enumerate(TRAIN)
    ]
    return {
        "train_images.zip": zipped(images(f"{name}.jpg" for name in TRAIN)),
        "test_images.zip": zipped(images((f"{name}.jpg" for name in TEST), first=900)),
        "train.csv": table(header.format("category_id,"), train),
        "test.csv": table(header.format(""), (row.format("", name, 1, name, 120) for name in TEST)),
        "sample_submission.csv": asked("Id,Predicted", "{},0"),
    }


def margins() -> Members:
    """Measures beside grey images; one folder for both parts, whose ids are mixed."""
    species = ("Acer_Opalus", "Pterocarya_Stenoptera", "Quercus_Hartwissiana")
    measures = [f"{kind}{n}" for kind in ("margin", "shape", "texture") for n in (1, 2)]
    numbers = [n for n in range(1, 31) if n % 5]
    tested = [n for n in range(1, 31) if n % 5 == 0]
    tables = {
        "train.csv": table(
            ",".join(["id,species", *measures]), (f"{n},{species[n % 3]}{f',{n / 128}' * 6}" for n in numbers)
        ),
        "test.csv": table(",".join(["id", *measures]), (f"{n}{',0.019531' * 6}" for n in tested)),
        "sample_submission.csv": table(",".join(["id", *species]), (f"{n}{',0.0101' * 3}" for n in tested)),
    }
    packed = {f"{name}.zip": zipped({name: data}) for name, data in tables.items()}
    return {"images.zip": zipped(images(f"images/{n}.jpg" for n in range(1, 31))), **packed}


def pets() -> Members:
    flags = "Subject Focus,Eyes,Face,Near,Action,Accessory,Group,Collage,Human,Occlusion,Info,Blur"
    return {
        **pictures("train/{}.jpg", "test/{}.jpg"),
        "train.csv": rows(
            f"Id,{flags},Pawpularity", f"{{}},0,{{}}{',0' * 10},{{}}", ("0", "1"), ("63", "42", "28", "15", "100")
        ),
        "test.csv": asked(f"Id,{flags}", f"{{}},1,0{',0' * 10}"),
        "sample_submission.csv": asked("Id,Pawpularity", "{},65.75"),
    }


def apples() -> Members:
    sick = ("healthy", "scab frog_eye_leaf_spot complex", "scab", "rust", "frog_eye_leaf_spot", "rust complex")
    return {
        **pictures("train_images/{}.jpg", "test_images/{}.jpg"),
        "train.csv": rows("image,labels", "{}.jpg,{}", sick),
        "sample_submission.csv": asked("image,labels", "{}.jpg,healthy"),
    }


def catheters() -> Members:
    """Several images of a patient; a table of another kind beside."""
    names = "ETT - Abnormal,ETT - Borderline,ETT - Normal,NGT - Normal,CVC - Normal,Swan Ganz Catheter Present"
    flags = ("0,0,0,0,1,0", "0,0,1,1,0,0", "1,0,0,0,0,1", "0,1,0,0,1,0")
    patients = tuple(f"{n:09x}" for n in range(8))
    return {
        **pictures("train/{}.jpg", "test/{}.jpg"),
        "train.csv": rows(f"StudyInstanceUID,{names},PatientID", "{},{},{}", flags, patients),
        "train_annotations.csv": rows("StudyInstanceUID,label,data", '{},CVC - Normal,"[[1487, 1279], [1477, 1168]]"'),
        "train_tfrecords/00-1800.tfrec": b"\0",
        "test_tfrecords/00-582.tfrec": b"\0",
        "sample_submission.csv": asked(f"StudyInstanceUID,{names}", f"{{}}{',0' * 6}"),
    }


def melanomas() -> Members:
    """Several images of a patient, columns beside them in both parts, few of the rare class; DICOM files and records beside."""
    beside = "image_name,patient_id,sex,age_approx,anatom_site_general_challenge"
    patients = tuple(f"IP_{n:07}" for n in range(8))
    return {
        **{f"train/{name}.dcm": b"DICM" for name in TRAIN},
        **{f"test/{name}.dcm": b"DICM" for name in TEST},
        **pictures("jpeg/train/{}.jpg", "jpeg/test/{}.jpg"),
        "tfrecords/train00-2071.tfrec": b"\0",
        "train.csv": rows(
            f"{beside},diagnosis,benign_malignant,target",
            "{},{},{},45.0,{},unknown,{}",
            patients,
            ("male", "female", ""),
            ("torso", "head/neck", ""),
            (*["benign,0"] * 5, "malignant,1"),
        ),
        "test.csv": asked(beside, "{},IP_3579794,male,70.0,torso"),
        "sample_submission.csv": asked("image_name,target", "{},0"),
    }


def flukes() -> Members:
    whales = (*["new_whale"] * 3, "w_1287fbc", "w_98baff9", "w_7554f44", "w_1eafe46")
    return {
        "train.zip": zipped(images(f"train/{name}.jpg" for name in TRAIN)),
        "test.zip": zipped(images((f"test/{name}.jpg" for name in TEST), first=900)),
        "train.csv": rows("Image,Id", "{}.jpg,{}", whales),
        "sample_submission.csv": asked("Image,Id", "{}.jpg,new_whale w_1287fbc w_98baff9 w_7554f44 w_1eafe46"),
    }


def signals() -> Members:
    """Spectrograms of six observations in each file, in folders by the first letter; an older version of all beside."""

    def spectrogram(number: int) -> bytes:
        buffer = io.BytesIO()
        np.save(buffer, np.random.default_rng(number).normal(0, 1, (6, 16, 12)).astype(np.float16))
        return buffer.getvalue()

    parts = {"train": TRAIN, "test": TEST, "old_leaky_data/train_old": TRAIN[:3]}
    files = {f"{part}/{name[0]}/{name}.npy": name for part, names in parts.items() for name in names}
    return {
        **{path: spectrogram(int(name, 16)) for path, name in files.items()},
        "old_leaky_data/train_labels_old.csv": table("id,target", (f"{name},0" for name in TRAIN[:3])),
        "train_labels.csv": rows("id,target", "{},{}", ("0", "1", "0")),
        "sample_submission.csv": asked("id,target", "{},0.5"),
    }
