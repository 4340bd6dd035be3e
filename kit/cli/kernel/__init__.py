"""`kit kernel`: a submission that Kaggle computes itself. Each subverb lives in its own module, loaded only when called."""

import click

from kit.cli.lazy import Lazy

# Subverb -> what it does. The module is kit.cli.kernel.<subverb>.
SUBVERBS = {
    "build": "write a kernel, and the private dataset it needs, into kernels/NAME",
    "try": "run it here as Kaggle would: its packages, no network",
    "push": "upload the dataset, push the kernel and start it",
    "status": "how the version pushed last goes",
    "output": "fetch and check what it wrote; a trained run becomes a local run",
    "submit": "in a code competition: submit the version pushed last",
}


@click.command(
    cls=Lazy,
    package="kit.cli.kernel",
    verbs=SUBVERBS,
    title="Subverbs",
)
def command() -> None:
    """A submission that Kaggle computes itself, with the internet off: build, try here, push, fetch, submit.

    \b
    kit kernel build dogs-vs-cats --run RUN     a dataset (code, weights) and a kernel, in kernels/dogs-vs-cats-predict
    kit kernel try dogs-vs-cats-predict
    kit kernel push dogs-vs-cats-predict
    kit kernel output dogs-vs-cats-predict --wait
    """
