"""kit runs compare"""

import re
from collections.abc import Sequence
from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions

LINES = 40  # of a diff
HASH = re.compile(r"^([0-9a-f]{12})[0-9a-f]{28}([0-9a-f]{24})?")  # its beginning is enough for people


@click.command()
@click.argument("references", metavar="RUN RUN...", nargs=-1, required=True, shell_complete=completion.runs)
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, references: tuple[str, ...], as_json: bool) -> None:
    """What differs between runs: settings (and where each value came from), environment, competition.py, score and time.

    Then how much better each is than the first, on the out-of-fold rows that both have, with its standard error: paired, so
    that what is hard for both does not blur it.
    """
    from kit import runs
    from kit.compare import runs as comparison
    from kit.ensemble import contribution
    from kit.errors import ConfigError

    compared = [runs.find(reference, runs.read_run) for reference in references]
    if len({run.id for run in compared}) < max(2, len(compared)) or len({run.slug for run in compared}) > 1:
        received = ", ".join(run.id for run in compared)
        raise ConfigError("a comparison needs different runs of one competition", received=received)
    scores = [_score(run) | {"seconds": contribution.seconds(run)} for run in compared]
    finished = [run for run in compared if run.status() == "finished"]
    answer = {
        "runs": scores,
        "settings": comparison.settings(compared),
        "environment": comparison.environments(compared),
        "plugin": comparison.plugins(compared),
        "gains": comparison.gains(obj.competition(compared[0].slug), finished) if len(finished) > 1 else [],
    }
    options.result(answer, _text(answer), as_json=as_json)
    options.next_step(f"ensemble {compared[0].slug} {' '.join(run.id for run in finished)}" if finished else "runs")


def _score(run: Any) -> dict[str, Any]:
    from kit.runs import listing

    row = listing.record(run)
    return {key: row[key] for key in ("run", "kind", "status", "metric", "score", "error", "rows")}


def _text(answer: dict[str, Any]) -> str:
    """Runs are named by letters, A for the first: their ids are too long for the heads of columns."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [letters[n] if n < len(letters) else str(n + 1) for n in range(len(answer["runs"]))]
    letter = dict(zip((row["run"] for row in answer["runs"]), names, strict=True))
    parts = [
        options.table([{"": letter[row["run"]]} | {key: _cell(row[key]) for key in row} for row in answer["runs"]]),
        options.table([{"setting": row["setting"]} | _settings(names, row) for row in answer["settings"]])
        or "the same settings",
        options.table([{"environment": row["what"]} | _columns(names, row["values"]) for row in answer["environment"]])
        or "the same environment",
        *(_plugin(letter, row) for row in answer["plugin"]),
        *(_verdict(letter, row) for row in answer["gains"]),
    ]
    return "\n\n".join(parts)


def _settings(names: Sequence[str], row: dict[str, Any]) -> dict[str, str]:
    cells = [f"{_cell(value)} ({origin})" if origin else _cell(value) for value, origin in _pairs(row)]
    return dict(zip(names, cells, strict=True))


def _pairs(row: dict[str, Any]) -> list[tuple[Any, str]]:
    return list(zip(row["values"], row["origins"], strict=True))


def _columns(names: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    return dict(zip(names, (_cell(value) for value in values), strict=True))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    text = "" if value is None else f"{value:.5g}" if isinstance(value, float) else str(value)
    return HASH.sub(r"\1", text)


def _plugin(letter: dict[str, str], row: dict[str, Any]) -> str:
    left = len(row["diff"]) - LINES
    lines = [*row["diff"][:LINES], *([f"... {left} lines more"] if left > 0 else [])]
    head = f"{row['file']} of {letter[row['run']]} is not that of {letter[row['over']]}"
    return "\n".join([head, *(f"  {line}" for line in lines)])


def _verdict(letter: dict[str, str], row: dict[str, Any]) -> str:
    pair = f"{letter[row['run']]} over {letter[row['over']]}"
    if not row["rows"]:
        return f"{pair}: no row is judged by both"
    gain = f"{pair}: {row['gain']:+.5f} ± {row['error']:.5f} on {row['rows']} rows"
    return f"{gain}: that is noise" if row["noise"] else gain + (": better" if row["gain"] > 0 else ": worse")
