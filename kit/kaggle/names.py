"""What Kaggle accepts as a name, checked before anything is sent: it would make another kernel, or none, and hardly say so."""

import re

from kit.errors import ConfigError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KERNEL = (5, 50)  # characters of a kernel's title
DATASET = (6, 50)  # of a dataset's title and slug
OWNER = "OWNER"  # stands for the user name until `kit kernel push` knows it


def check(name: str) -> None:
    """Raises ConfigError unless `name` will do for the kernel, and with "-kit" behind it for its dataset."""
    if not SLUG.fullmatch(name):
        raise ConfigError(
            "--name is no slug", received=repr(name), expected="lower-case letters, digits, single dashes"
        )
    longest = DATASET[1] - len(dataset(""))
    if not KERNEL[0] <= len(name) <= longest:
        raise ConfigError(
            "--name does not fit into Kaggle's titles",
            received=f"{name} ({len(name)} characters)",
            expected=f"{KERNEL[0]} to {longest} characters",
            do="choose another with --name",
        )


def dataset(name: str) -> str:
    return f"{name}-kit"


def title(slug: str) -> str:
    """A title that Kaggle turns into exactly this slug: a title that gives another slug makes another kernel."""
    return slug.replace("-", " ")
