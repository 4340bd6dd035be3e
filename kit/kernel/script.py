"""The kernel itself: kit.kernel.bootstrap with its constants filled in, as a script or a notebook, and its metadata."""

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

from kit.competition import Competition
from kit.errors import ConfigError
from kit.files import sha256, write_text
from kit.json_files import write_json
from kit.kaggle import names
from kit.kernel import bootstrap, packing
from kit.kernel.options import Options

MAX_SOURCE_BYTES = 1_000_000  # bytes of source that Kaggle takes; larger content belongs into a dataset


def write(folder: Path, dataset: Path, competition: Competition, options: Options) -> None:
    """Writes the kernel folder for the bundle in `dataset`. Raises ConfigError if a single file would be too large."""
    source = _source(dataset, single_file=options.single_file)
    if len(source) > MAX_SOURCE_BYTES:
        raise ConfigError(
            "the bundle does not fit into a single file",
            received=f"{len(source):,} bytes of source",
            expected=f"at most {MAX_SOURCE_BYTES:,}",
            do="leave --single-file out: a dataset carries it",
        )
    if options.notebook:
        write_text(folder / "kernel.ipynb", _notebook(source, options.name))
    else:
        write_text(folder / "kernel.py", source)
    write_json(folder / "kernel-metadata.json", _metadata(competition, options))


def _source(dataset: Path, *, single_file: bool) -> str:
    source = Path(bootstrap.__file__).read_text()
    source = _fill(source, "BUNDLE", sha256(dataset / "bundle.json"))
    if single_file:
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder) / "bundle.zip"
            packing.archive(packed, {path.name: path for path in dataset.iterdir()})
            source = _fill(source, "PACKED", base64.b64encode(packed.read_bytes()).decode())
    return source


def _fill(source: str, constant: str, value: str) -> str:
    empty = f'{constant} = ""'
    if source.count(empty) != 1:
        raise RuntimeError(f"kit.kernel.bootstrap has no {empty}")
    return source.replace(empty, f'{constant} = "{value}"')


def _notebook(source: str, name: str) -> str:
    """nbformat 4.5 with the kernelspec that Kaggle's papermill demands; the source in one cell, called in the next."""
    about, call = f"# {names.title(name)}\n\nWritten by `kit kernel build`; runs with the internet off.", "main()"
    definitions = source.partition("\n\nif __name__")[0]
    cells = [
        {"cell_type": "markdown", "id": "about", "metadata": {}, "source": about},
        *(
            {"cell_type": "code", "id": key, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for key, text in (("bootstrap", definitions), ("run", call))
        ),
    ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernelspec, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _metadata(competition: Competition, options: Options) -> dict[str, Any]:
    """Every default of the client is written out: its default for the internet is "on"."""
    tpu = options.accelerator.startswith("Tpu")
    shape = {} if options.accelerator in ("none", "gpu") else {"machine_shape": options.accelerator}
    return {
        "id": f"{names.OWNER}/{options.name}",
        "title": names.title(options.name),
        "code_file": "kernel.ipynb" if options.notebook else "kernel.py",
        "language": "python",
        "kernel_type": "notebook" if options.notebook else "script",
        "is_private": True,
        "enable_gpu": options.accelerator != "none" and not tpu,
        "enable_tpu": tpu,
        "enable_internet": False,
        "dataset_sources": [] if options.single_file else [f"{names.OWNER}/{names.dataset(options.name)}"],
        "competition_sources": [] if competition.scored_here else [competition.slug],
        "kernel_sources": [],
        "model_sources": [],
        "docker_image_pinning_type": options.image,
        **shape,
    }
