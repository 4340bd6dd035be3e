"""kit kernel build: what the bundle carries, what the kernel says of itself, and what is refused before anything is sent."""

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest

from kit.errors import DataError
from kit.kernel import packing


def _read(path):
    return json.loads(path.read_text())


def test_a_bundle_carries_code_weights_and_their_hashes(build, trained, home):
    folder = build("--run", trained.id)
    manifest, dataset = _read(folder / "dataset" / "bundle.json"), folder / "dataset"
    carried = {path.name for path in dataset.iterdir()} - {"bundle.json", "dataset-metadata.json"}
    assert carried == set(manifest["files"]) == {"kit.pyz", f"{trained.id}.fold-0.weights.h5"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((dataset / name).read_bytes()).hexdigest() == digest
    packed = zipfile.ZipFile(dataset / "kit.pyz").namelist()
    assert "kit/kernel/inside.py" in packed and "competitions/tiny-stripes/competition.py" in packed
    assert not [name for name in packed if "__pycache__" in name or "cifar" in name]
    places = str(home.parents[1]).encode()  # of all tests: the run may be trained in another home
    assert not [path for path in folder.rglob("*") if path.is_file() and places in path.read_bytes()]


@pytest.mark.parametrize("mode", ["predict", "train"])
def test_nothing_of_this_machine_is_uploaded(here, prepared, build, plugins, home, mode):
    from kit.learn.networks import pretrained

    weights = home / "mine.weights.h5"
    pretrained.build("mobilenet_0.25", "none", 32).save_weights(weights)
    words = (
        "--recipe",
        "features",
        "--backbone",
        "mobilenet_0.25",
        "--set",
        "image_size=32",
        "--weights",
        str(weights),
    )
    run = here("train", "tiny-stripes", "--folds", "1", *words).stdout.splitlines()[-1]
    for decoy in (".env", "kaggle.json", ".cache/notes.csv"):
        (plugins / "tiny-stripes" / decoy).parent.mkdir(exist_ok=True)
        (plugins / "tiny-stripes" / decoy).write_text("DECOY")
    folder = build("--run", run, "--mode", mode)
    uploaded = [path.read_bytes() for path in folder.glob("*/*")]
    assert not [data for data in uploaded if str(home).encode() in data]
    packed = zipfile.ZipFile(folder / "dataset" / "kit.pyz")
    assert [name for name in packed.namelist() if name.startswith("competitions/")] == [
        "competitions/tiny-stripes/competition.py"
    ]


def test_a_bundle_carries_what_lies_beside_competition_py_or_refuses_it(tmp_path, plugins, prepared, monkeypatch):
    folder = plugins / "tiny-stripes"
    (folder / "maps").mkdir()
    (folder / "maps" / "classes.txt").write_text("flat steep none")
    packing.code(tmp_path / "kit.pyz", prepared)
    names = zipfile.ZipFile(tmp_path / "kit.pyz").namelist()
    assert "competitions/tiny-stripes/maps/classes.txt" in names
    monkeypatch.setattr(packing, "MAX_PLUGIN_BYTES", 2 << 20)
    (folder / "photos.bin").write_bytes(bytes(3 << 20))
    with pytest.raises(
        DataError, match=r"photos\.bin; received 3 MiB in 3 files, 3 MiB in that one; expected at most 2"
    ):
        packing.code(tmp_path / "kit.pyz", prepared)


def test_the_kernel_is_private_and_offline_by_its_own_words(build, trained):
    folder = build("--run", trained.id)
    kernel = _read(folder / "kernel" / "kernel-metadata.json")
    assert kernel["enable_internet"] is False and kernel["is_private"] is True and kernel["enable_gpu"] is False
    assert (kernel["kernel_type"], kernel["code_file"]) == ("script", "kernel.py")
    assert kernel["title"].replace(" ", "-") == kernel["id"].partition("/")[2] == "tiny-stripes-predict"
    dataset = _read(folder / "dataset" / "dataset-metadata.json")
    assert kernel["dataset_sources"] == [dataset["id"]] and kernel["competition_sources"] == ["tiny-stripes"]
    digest = hashlib.sha256((folder / "dataset" / "bundle.json").read_bytes()).hexdigest()
    assert f'BUNDLE = "{digest}"' in (folder / "kernel" / "kernel.py").read_text()


def test_equal_content_gives_equal_bytes(build, trained):
    files = lambda folder: {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files(build("--run", trained.id)) == files(build("--run", trained.id))


def test_a_notebook_is_one_that_nbformat_accepts(build, trained):
    notebook = _read(build("--run", trained.id, "--notebook") / "kernel" / "kernel.ipynb")
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code[-1] == "main()" and "def main()" in code[0] and "__main__" not in code[0]


def test_a_single_file_holds_all_of_it_and_has_a_limit(build, trained, monkeypatch):
    from kit.errors import ConfigError
    from kit.kernel import script

    folder = build("--run", trained.id, "--single-file", "--name", "stripes-alone")
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "bundle.json", "kernel-metadata.json", "kernel.py",
    ]  # fmt: skip
    assert _read(folder / "kernel" / "kernel-metadata.json")["dataset_sources"] == []
    monkeypatch.setattr(script, "MAX_SOURCE_BYTES", 1000)
    with pytest.raises(ConfigError, match="does not fit into a single file; received .* bytes of source"):
        from kit.kernel import bundle
        from kit.kernel.options import Options
        from kit.plugins import load

        bundle.build_for_run(
            folder.with_name("other-name"),
            load(trained.slug, [trained.folder.parents[2] / "plugins"]),
            trained,
            Options("other-name", single_file=True),
        )
    assert not folder.with_name("other-name").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "mode predict needs --run RUN"),
        (("--run", "nothing"), 3, "no run 'nothing'"),
        (("--run", "RUN", "--set", "epochs=3"), 2, "takes no --set"),
        (("--run", "RUN", "--name", "Tiny Stripes"), 2, "--name is no slug"),
        (("--run", "RUN", "--name", "abcd"), 2, "received abcd (4 characters); expected 5 to 46 characters"),
        (("--run", "RUN", "--name", "x" * 47), 2, "expected 5 to 46 characters"),
        (("--mode", "train", "--set", "epoch=3"), 2, "did you mean 'epochs'?"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(here, trained, home, words, code, said):
    words = [trained.id if word == "RUN" else word for word in words]
    done = here("kernel", "build", "tiny-stripes", *words, check=False)
    assert done.returncode == code and said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list((home / "kernels").glob("*")) if (home / "kernels").exists() else True


def test_wheels_that_kaggle_lacks_are_fetched_for_its_python_and_for_ours(here, home, tmp_path, monkeypatch):
    from importlib.metadata import version

    from kit.kernel import packing
    from kit.plugins import load

    index = tmp_path / "index"
    index.mkdir()
    name = f"py7zr-{version('py7zr')}"
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("py7zr/__init__.py", "")
        wheel.writestr(
            f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: py7zr\nVersion: {version('py7zr')}\n"
        )
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    for key, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(key, value)
    found = packing.wheels(tmp_path, load("cifar-10"))
    assert [path.name for path in found] == [f"{name}-py3-none-any.whl"]
    assert packing.wheels(tmp_path / "none", load("dogs-vs-cats")) == []


def test_a_bootstrap_without_its_dataset_says_what_is_mounted(build, trained, tmp_path):
    kernel = build("--run", trained.id) / "kernel" / "kernel.py"
    (tmp_path / "input" / "another-dataset").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, str(kernel)], env={"KIT_KAGGLE": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 1 and "is not mounted; received another-dataset; expected bundle" in done.stderr
