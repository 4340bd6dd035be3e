"""What was tried of a promise, and what came of it."""

from dataclasses import dataclass, field

from tests.reliability.child import Ended
from tests.reliability.place import Place
from tests.reliability.tree import Difference

FAMILIES = (1, 2, 3, 4, 5, 6)  # exit codes of errors (kit.errors)


@dataclass
class Tally:
    """verb: what was disturbed. broken: a line for each attempt that did not hold."""

    promise: str
    verb: str = ""
    attempts: int = 0
    bytes_lost: int = 0
    rows_lost: int = 0
    counted_twice: int = 0
    secrets: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def held(self) -> int:
        return self.attempts - len(self.broken)

    @property
    def is_kept(self) -> bool:
        return not (self.broken or self.bytes_lost or self.rows_lost or self.counted_twice or self.secrets)

    def count(self, what: str, *faults: object) -> None:
        """One attempt, with what is wrong about it; what is empty or None is not."""
        self.attempts += 1
        if wrong := [str(fault) for fault in faults if fault]:
            self.broken.append(f"{what}: {'; '.join(wrong)}")

    def lose(self, difference: Difference) -> Difference:
        self.bytes_lost += difference.bytes
        self.rows_lost += difference.rows
        return difference

    def count_submissions(self, place: Place) -> str:
        """What Kaggle counted beyond one."""
        extra = max(0, len(place.kaggle.submissions) - 1)
        self.counted_twice += extra
        return f"counted {extra + 1} times" if extra else ""


def judge_end(ended: Ended, codes: tuple[int, ...] = (0,)) -> str:
    """What is wrong with how a command ended: another exit code, a traceback, or an error of more than one line."""
    last = ended.said.strip().splitlines()[-1:] or [""]
    if "Traceback (most recent call last)" in ended.said:
        return f"a traceback: {last[0][:160]}"
    if ended.code not in codes:
        return f"exit code {ended.code}: {last[0][:160]}"
    said = [line for line in ended.said.splitlines() if line.startswith("kit: ")]
    return f"{len(said)} lines of an error" if ended.code in FAMILIES and len(said) != 1 else ""
