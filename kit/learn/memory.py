"""Memory that runs out, of the machine or of its GPU: one line that says what to make smaller."""

from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import KitError, TrainingError
from kit.learn.member import Member

WORDS = (
    "ResourceExhausted",
    "RESOURCE_EXHAUSTED",
    "MemoryError",
    "out of memory",
    "Out of memory",
    "OOM when allocating",
)


@contextmanager
def explain(member: Member, *, batches: bool = False) -> Iterator[None]:
    """Raises TrainingError in place of what NumPy, TensorFlow or JAX raise where memory runs out. batches: whether what is done
    takes less of it in smaller batches.
    """
    try:
        yield
    except KitError:
        raise
    except Exception as error:
        if not any(word in f"{type(error).__name__}: {error}" for word in WORDS):
            raise
        do = "end what else takes memory, then --resume; or take a machine with more of it"
        raise TrainingError(
            f"{member.label}: out of memory", **_say_batches(member) if batches else {"do": do}
        ) from None


def _say_batches(member: Member) -> dict[str, str]:
    """Half of each batch, and twice as many of them before a step: it learns about the same."""
    config = member.config
    name, sizes = (
        ("stage_batches", config.stage_batches) if config.stage_batches else ("batch_size", (config.batch_size,))
    )
    halves = ",".join(str(max(1, size // 2)) for size in sizes)
    steps = f" --set accumulate={2 * config.accumulate}" if member.recipe.uses("accumulate") else ""
    whole = ",".join(map(str, sizes))
    return {"received": f"batches of {whole}", "do": f"train a new run with --set {name}={halves}{steps}"}
