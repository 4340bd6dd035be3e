"""How a kernel is to run on Kaggle."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """accelerator: "none", "gpu", or a machine shape of Kaggle's; image: "original" or "latest"."""

    name: str
    accelerator: str = "none"
    image: str = "original"
    notebook: bool = False
    single_file: bool = False
