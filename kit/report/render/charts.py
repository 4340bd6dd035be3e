"""Charts as inline SVG: sharp at any size, their colours those of the page, light or dark."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kit.report.render.html import text

WIDTH, HEIGHT = 420, 260  # small enough that letters can be read on a phone
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 26, 36
COLORS = 8  # --c0 to --c7 of kit.report.render.style

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """points: (x, y), by x. colour: any number, taken modulo the palette."""

    name: str
    points: Sequence[Point]
    color: int
    dashed: bool = False
    faint: bool = False


@dataclass(frozen=True)
class Dot:
    """A point with standard errors along the axes where they are known, and what is said of it when pointed at."""

    x: float
    y: float
    hint: str
    color: int = 0
    x_error: float = 0.0
    y_error: float = 0.0


@dataclass(frozen=True)
class Axes:
    """The ranges shown and the words beside them. x_text: how to write a value of x."""

    x: Point
    y: Point
    title: str
    x_name: str
    y_name: str = ""
    x_text: Callable[[float], str] | None = None
    x_ticks: Sequence[float] | None = None
    size: tuple[int, int] = (WIDTH, HEIGHT)

    def across(self, value: float) -> float:
        return LEFT + (value - self.x[0]) / (self.x[1] - self.x[0]) * (self.size[0] - LEFT - RIGHT)

    def down(self, value: float) -> float:
        return self.size[1] - BOTTOM - (value - self.y[0]) / (self.y[1] - self.y[0]) * (self.size[1] - TOP - BOTTOM)


def span(values: Sequence[float], *, margin: float = 0.05) -> Point:
    """A range that holds all values, with some space; never empty."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    more = (high - low) * margin or abs(high) * 0.05 or 1.0
    return low - more, high + more


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers within the range."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def frame(axes: Axes, inside: str) -> str:
    """An SVG picture: grid, numbers and names of the axes, and what is `inside`."""
    width, height = axes.size
    bottom, parts = height - BOTTOM, []
    write = axes.x_text or (lambda value: f"{value:g}")
    for value in axes.x_ticks if axes.x_ticks is not None else ticks(*axes.x):
        tick = axes.across(value)
        parts.append(f'<text x="{tick:.1f}" y="{bottom + 15}" text-anchor="middle">{text(write(value))}</text>')
    for value in ticks(*axes.y):
        tick = axes.down(value)
        parts.append(f'<path class="g" d="M{LEFT} {tick:.1f}H{width - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 7}" y="{tick + 4:.1f}" text-anchor="end">{_short(value)}</text>')
    parts.append(f'<text class="t" x="{LEFT}" y="14">{text(axes.title)}</text>')
    parts.append(f'<text x="{width - RIGHT}" y="{height - 3}" text-anchor="end">{text(axes.x_name)}</text>')
    if axes.y_name:
        parts.append(f'<text x="{width - RIGHT}" y="14" text-anchor="end">{text(axes.y_name)}</text>')
    named = f'role="img" aria-label="{text(axes.title)}"'
    return f'<svg viewBox="0 0 {width} {height}" {named}>{"".join(parts)}{inside}</svg>'


def _short(value: float) -> str:
    return f"{round(value, 6):g}"


def path(axes: Axes, line: Line) -> str:
    places = " ".join(f"{axes.across(x):.1f},{axes.down(y):.1f}" for x, y in line.points)
    style = f"stroke:var(--c{line.color % COLORS})" + (";opacity:.45" if line.faint else "")
    if len(line.points) == 1:
        x, y = places.split(",")
        return f'<circle cx="{x}" cy="{y}" r="3" style="fill:var(--c{line.color % COLORS})"/>'
    return f'<polyline class="l{" d" if line.dashed else ""}" style="{style}" points="{places}"/>'


def dot(axes: Axes, one: Dot, radius: float = 4) -> str:
    x, y, color = axes.across(one.x), axes.down(one.y), f"var(--c{one.color % COLORS})"
    bars = ""
    if one.y_error:
        low, high = max(axes.y[0], one.y - one.y_error), min(axes.y[1], one.y + one.y_error)
        bars += f"M{x:.1f} {axes.down(low):.1f}V{axes.down(high):.1f}"
    if one.x_error:
        low, high = max(axes.x[0], one.x - one.x_error), min(axes.x[1], one.x + one.x_error)
        bars += f"M{axes.across(low):.1f} {y:.1f}H{axes.across(high):.1f}"
    error = f'<path d="{bars}" style="stroke:{color};opacity:.5" stroke-width="1.4"/>' if bars else ""
    return (
        f'<g>{error}<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" style="fill:{color}"/>'
        f"<title>{text(one.hint)}</title></g>"
    )


def lines(title: str, x_name: str, series: Sequence[Line]) -> str:
    """A line chart that holds all of `series`, none of them empty."""
    points = [point for line in series for point in line.points]
    xs = [x for x, _ in points]
    axes = Axes((min(xs), max(max(xs), min(xs) + 1)), span([y for _, y in points]), title, x_name)
    return f"<figure>{frame(axes, ''.join(path(axes, line) for line in series))}</figure>"


def histogram(what: str, x_name: str, across: Point, counts: Sequence[tuple[float, float, int]]) -> str:
    """Bars. what: that are counted. across: the range of x. counts: (low, high, number) of each range."""
    axes = Axes(across, (0, max(number for *_, number in counts) * 1.05), what, x_name, size=(WIDTH, 320))
    bars = "".join(
        f'<rect x="{axes.across(low) + 1:.1f}" y="{axes.down(number):.1f}" rx="2" '
        f'width="{axes.across(high) - axes.across(low) - 2:.1f}" '
        f'height="{axes.down(0) - axes.down(number):.1f}" style="fill:var(--c0);opacity:.75">'
        f"<title>{number} {text(what)} from {_short(low)} to {_short(high)}</title></rect>"
        for low, high, number in counts
    )
    return f"<figure>{frame(axes, bars)}</figure>"


def legend(names: Sequence[tuple[str, int]]) -> str:
    """(name, colour) of each."""
    items = [f'<span><i style="--k:var(--c{color % COLORS})"></i>{text(name)}</span>' for name, color in names]
    return f'<div class="legend">{"".join(items)}</div>'
