"""Drawing the pictures of the demonstration: white cards that are clear on any page.

Lengths are in points of the finished picture, from its upper left corner. Letters are those of the font that Pillow
brings along (basic Latin), so that a picture looks the same on every machine.
"""

import io
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]

INK = "#1f2933"
FAINT = "#d5dbe3"
GREY = "#66727f"
BLUE = "#1f5fbf"
RED = "#b42318"
GREEN = "#1a7f4b"
AMBER = "#b26a00"
PAPER = "#ffffff"
TINT = "#e8f0fb"

_FINER = 2
"""Drawn this many times larger and made smaller at the end, which smooths edges."""
_COLOURS = 64


class Card:
    """A white card to draw on."""

    def __init__(self, width: int = 560, height: int = 320) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * _FINER, height * _FINER), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._draw.rectangle((0, 0, width * _FINER - 1, height * _FINER - 1), outline=FAINT, width=2 * _FINER)

    def png(self) -> bytes:
        """Return the picture as PNG."""
        small = self._image.reduce(_FINER).quantize(
            _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        buffer = io.BytesIO()
        small.save(buffer, "PNG")
        return buffer.getvalue()

    def line(self, points: Sequence[Point], *, color: str = INK, width: float = 2) -> None:
        """Draw a line through points."""
        self._draw.line(
            [(x * _FINER, y * _FINER) for x, y in points], fill=color, width=round(width * _FINER), joint="curve"
        )

    def dashed(self, start: Point, end: Point, *, color: str = GREY, width: float = 1.5) -> None:
        """Draw a broken line."""
        length = math.dist(start, end)
        for begun in range(0, int(length), 12):
            self.line(
                [_between(start, end, begun / length), _between(start, end, min(1, (begun + 7) / length))],
                color=color,
                width=width,
            )

    def arrow(self, start: Point, end: Point, *, color: str = INK, width: float = 3) -> None:
        """Draw an arrow that ends in ``end``."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        head = 7 + 2 * width
        self.line(
            [start, (end[0] - 0.7 * head * math.cos(angle), end[1] - 0.7 * head * math.sin(angle))],
            color=color,
            width=width,
        )
        wings = [
            (end[0] - head * math.cos(angle + side), end[1] - head * math.sin(angle + side)) for side in (-0.42, 0.42)
        ]
        self.area([end, *wings], fill=color, color=color, width=0)

    def area(self, points: Sequence[Point], *, fill: str = TINT, color: str = INK, width: float = 2) -> None:
        """Draw a filled polygon."""
        scaled = [(x * _FINER, y * _FINER) for x, y in points]
        self._draw.polygon(scaled, fill=fill)
        if width:
            self.line([*points, points[0], points[1]], color=color, width=width)

    def circle(
        self, center: Point, radius: float, *, fill: str | None = None, color: str = INK, width: float = 2
    ) -> None:
        """Draw a circle."""
        x, y = center
        self._draw.ellipse(
            tuple(_FINER * edge for edge in (x - radius, y - radius, x + radius, y + radius)),
            fill=fill,
            outline=color,
            width=2 * _FINER,
        )

    def arc(
        self, center: Point, radius: float, start: float, end: float, *, color: str = INK, width: float = 2
    ) -> None:
        """Draw a part of a circle; angles in degrees, clockwise from the right."""
        x, y = center
        self._draw.arc(
            tuple(_FINER * edge for edge in (x - radius, y - radius, x + radius, y + radius)),
            start,
            end,
            fill=color,
            width=2 * _FINER,
        )

    def text(self, at: Point, text: str, *, color: str = INK, size: int = 18, anchor: str = "mm") -> None:
        """Write a few letters; ``anchor`` as Pillow names it, the middle of the text by default."""
        self._draw.text(
            (at[0] * _FINER, at[1] * _FINER),
            text,
            fill=color,
            font=ImageFont.load_default(size * _FINER),
            anchor=anchor,
        )


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def smooth(extremes: Sequence[Point]) -> list[Point]:
    """Return a curve through its highest and lowest points, level at each of them."""
    curve = []
    for (left, start), (right, end) in pairwise(extremes):
        for step in range(25):
            share = step / 24
            height = (start + end) / 2 + (start - end) / 2 * math.cos(math.pi * share)
            curve.append((left + share * (right - left), height))
    return curve


class Plot:
    """Axes with a grid on a card; ``x`` and ``y`` are the lowest and highest value shown, ``step`` the grid's width."""

    def __init__(
        self, card: Card, *, x: Point, y: Point, step: Point = (1, 1), names: tuple[str, str] = ("x", "y")
    ) -> None:
        self.card, self.x, self.y = card, x, y
        self._left, self._right = 46, card.width - 34
        self._top, self._bottom = 28, card.height - 36
        for value in _ticks(*x, step[0]):
            card.line([self.at(value, y[0]), self.at(value, y[1])], color=FAINT, width=1)
        for value in _ticks(*y, step[1]):
            card.line([self.at(x[0], value), self.at(x[1], value)], color=FAINT, width=1)
        origin = max(x[0], min(0, x[1])), max(y[0], min(0, y[1]))
        card.arrow(self.at(x[0], origin[1]), (self._right + 14, self.at(0, origin[1])[1]), width=1.5)
        card.arrow(self.at(origin[0], y[0]), (self.at(origin[0], 0)[0], self._top - 14), width=1.5)
        for value in _ticks(*x, step[0]):
            if value:
                card.text((self.at(value, 0)[0], self.at(0, origin[1])[1] + 13), f"{value:g}", size=13, color=GREY)
        for value in _ticks(*y, step[1]):
            if value:
                card.text(
                    (self.at(origin[0], 0)[0] - 8, self.at(0, value)[1]), f"{value:g}", size=13, color=GREY, anchor="rm"
                )
        card.text((card.width - 10, self.at(0, origin[1])[1] - 16), names[0], size=16, anchor="rm")
        card.text((self.at(origin[0], 0)[0] + 14, self._top - 10), names[1], size=16, anchor="lm")

    def at(self, x: float, y: float) -> Point:
        """Return where a point of the plane lies on the card."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self._left + across * (self._right - self._left), self._bottom - up * (self._bottom - self._top)

    def curve(self, height: Callable[[float], float], *, color: str = BLUE, width: float = 3) -> None:
        """Draw the graph of a function as far as it is on the card."""
        steps = 300
        run: list[Point] = []
        for step in range(steps + 1):
            x = self.x[0] + (self.x[1] - self.x[0]) * step / steps
            y = height(x)
            if self.y[0] <= y <= self.y[1]:
                run.append(self.at(x, y))
                continue
            if len(run) > 1:
                self.card.line(run, color=color, width=width)
            run = []
        if len(run) > 1:
            self.card.line(run, color=color, width=width)

    def path(self, points: Sequence[Point], *, color: str = BLUE, width: float = 3) -> None:
        """Draw a line through points of the plane."""
        self.card.line([self.at(*point) for point in points], color=color, width=width)

    def dot(self, x: float, y: float, *, color: str = RED) -> None:
        """Mark a point."""
        self.card.circle(self.at(x, y), 5, fill=color, color=color)


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


# --- Electric circuits ----------------------------------------------------------------------------------------------
def resistor(card: Card, start: Point, end: Point, name: str = "") -> None:
    """Draw a wire from ``start`` to ``end``, level or upright, with a resistor in its middle."""
    middle = _between(start, end, 0.5)
    card.line([start, end])
    is_level = start[1] == end[1]
    half = (30, 11) if is_level else (11, 30)
    corners = [(middle[0] + h * half[0], middle[1] + v * half[1]) for h, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    card.area(corners, fill=TINT)
    card.text(
        (middle[0], middle[1] - 25) if is_level else (middle[0] + 20, middle[1]),
        name,
        anchor="mm" if is_level else "lm",
    )


def battery(card: Card, start: Point, end: Point, name: str = "") -> None:
    """Draw an upright wire with a source of voltage in its middle, the longer plate above."""
    x, middle = start[0], (start[1] + end[1]) / 2
    card.line([start, (x, middle - 6)])
    card.line([(x, middle + 6), end])
    card.line([(x - 22, middle - 6), (x + 22, middle - 6)], width=2.5)
    card.line([(x - 11, middle + 6), (x + 11, middle + 6)], width=5)
    card.text((x + 28, middle - 16), "+", anchor="lm")
    card.text((x - 30, middle), name, anchor="rm")


def meter(card: Card, center: Point, letter: str) -> None:
    """Draw a meter or, with ``x``, a lamp over a wire."""
    card.circle(center, 19, fill=PAPER)
    if letter == "x":
        for side in (-1, 1):
            card.line([(center[0] - 13, center[1] - side * 13), (center[0] + 13, center[1] + side * 13)])
    else:
        card.text(center, letter)


# --- Logic circuits -------------------------------------------------------------------------------------------------
def gate(card: Card, center: Point, kind: str) -> None:
    """Draw an AND, OR, XOR or NOT gate as a named box of 74 by 60 points; an inverted output has a ring."""
    x, y = center
    card.area([(x - 37, y - 30), (x + 37, y - 30), (x + 37, y + 30), (x - 37, y + 30)])
    is_inverted = kind in {"NOT", "NAND", "NOR"}
    if is_inverted:
        card.circle((x + 42, y), 5, fill=PAPER)
    card.text(center, kind, size=17)
