"""What Kaggle accepts as a name, checked before anything is sent: it would make another kernel, or none, and hardly say so."""

import re

from kit.errors import ConfigError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KERNEL = (5, 50)  # characters of a kernel's title
DATASET = (6, 50)  # of a dataset's title and slug
ENDING = "-kit"  # of a dataset that goes with a kernel
LONGEST = DATASET[1] - len(ENDING)  # name of a kernel
OWNER = "OWNER"  # stands for the user name until `kit kernel push` knows it


def choose_kernel(slug: str, mode: str) -> str:
    """SLUG-MODE; of a long slug only as many words as Kaggle has room for."""
    room = LONGEST - len(f"-{mode}")
    if len(slug) > room:
        slug = slug[: room + 1].rpartition("-")[0] or slug[:room]
    return f"{slug}-{mode}"


def check(name: str) -> None:
    """Raises ConfigError unless `name` will do for the kernel, and with "-kit" behind it for its dataset."""
    if not SLUG.fullmatch(name):
        raise ConfigError(
            "--name is no slug", received=repr(name), expected="lower-case letters, digits, single dashes"
        )
    if not KERNEL[0] <= len(name) <= LONGEST:
        raise ConfigError(
            "--name does not fit into Kaggle's titles",
            received=f"{name} ({len(name)} characters)",
            expected=f"{KERNEL[0]} to {LONGEST} characters",
            do="choose another with --name",
        )


def dataset(name: str) -> str:
    return f"{name}{ENDING}"


def title(slug: str) -> str:
    """A title that Kaggle turns into exactly this slug: a title that gives another slug makes another kernel."""
    return slug.replace("-", " ")
