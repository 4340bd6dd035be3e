"""What the kit claimed during the season, beside the same figure by other means: the table of `make season`."""

import math
from dataclasses import dataclass, field
from typing import Any

from tests.command_line import Done

WIDTH = 56  # characters of a column


@dataclass
class Claims:
    """rows: (claim, what the kit says, what was found independently, whether they are equal)."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def equal(self, claim: str, kit: Any, independent: Any, within: float = 0.0) -> None:
        """within: how far apart two numbers may lie, as they were rounded, say."""
        numbers = isinstance(kit, int | float) and isinstance(independent, int | float)
        same = math.isclose(kit, independent, rel_tol=0, abs_tol=within) if numbers else kit == independent
        self.rows.append((claim, _write(kit), _write(independent), same))

    def holds(self, claim: str, said: str | Done, found: bool) -> None:
        """For what is no figure. said: what the claim is read from; of a command the last line that is no advice."""
        text = said if isinstance(said, str) else said.stdout + said.stderr
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("next:")]
        self.rows.append((claim, lines[-1] if lines else "", "", found))

    @property
    def failed(self) -> list[str]:
        """In full, where the table cuts."""
        return [f"{claim}: {kit}" for claim, kit, _, same in self.rows if not same]

    def table(self) -> str:
        head = ("claim", "kit", "independent", "equal")
        rows = [head, *((*row[:3], "yes" if row[3] else "NO") for row in self.rows)]
        widths = [min(WIDTH, max(len(row[column]) for row in rows)) for column in range(4)]
        return "\n".join(
            "  ".join(text[:WIDTH].ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def _write(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
