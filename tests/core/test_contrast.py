"""Every pair of colours that carries text or bounds a control, in every theme, measured from the tokens themselves.

Colours are OKLCH; the way to linear sRGB is Björn Ottosson's (2020, "A perceptual color space for image processing"), the
luminance and the ratio are WCAG 2.2's (definitions "relative luminance" and "contrast ratio"). Colours outside sRGB are
clipped, as a screen does.
"""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

TOKENS = Path(__file__).resolve().parents[2] / "static" / "core" / "css" / "tokens.css"
COLOUR = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]*)\), oklch\(([^)]*)\)\);")
TEXT, ENHANCED, SHAPE = 4.5, 7.0, 3.0

GROUNDS = ("paper", "sheet", "well")
INKS = ("ink", "ink-2", "ink-3")
TEXT_PAIRS = [
    *[(ink, ground) for ink in (*INKS, "accent", "moss", "madder", "brass") for ground in GROUNDS],
    *[(ink, wash) for ink in (*INKS, "accent") for wash in ("accent-wash", "madder-wash", "brass-wash")],
    *[(ink, "moss-wash") for ink in ("ink", "ink-2", "accent", "moss")],
    ("accent-deep", "accent-wash"),
    ("accent-deep", "sheet"),
    ("madder", "madder-wash"),
    ("brass", "brass-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-madder", "madder"),
    ("sheet", "moss"),
    ("on-brass", "brass-fill"),
    ("paper", "ink"),
]
SHAPE_PAIRS = [
    *[(shape, ground) for shape in ("rule-strong", "focus", "accent") for ground in GROUNDS],
    *[(fill, "sheet") for fill in ("moss-fill", "madder-fill", "series-1", "series-2", "series-3")],
]


def luminance(colour: str) -> float:
    """Return the relative luminance of ``"lightness chroma hue"``."""
    lightness, chroma, hue = (float(part) for part in colour.split()[:3])
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(block: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the light and the dark colours a block of the style sheet sets."""
    found = COLOUR.findall(block)
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of every theme by name."""
    usual, rest = TOKENS.read_text().split(':root[data-theme="contrast"]', 1)
    light, dark = colours(usual)
    strong_light, strong_dark = colours(rest.split("@media", 1)[0])
    return {
        "light": light,
        "dark": dark,
        "contrast light": light | strong_light,
        "contrast dark": dark | strong_dark,
    }


def too_low(pairs, floor, names):
    """Return the pairs below a floor as ``theme: front on ground 2.9``."""
    return [
        f"{name}: {front} on {ground} {ratio(theme[front], theme[ground]):.2f}"
        for name, theme in themes().items()
        if name in names
        for front, ground in pairs
        if ratio(theme[front], theme[ground]) < floor
    ]


def test_text_can_be_read_in_every_theme():
    assert too_low(TEXT_PAIRS, TEXT, {"light", "dark", "contrast light", "contrast dark"}) == []


def test_high_contrast_holds_the_enhanced_ratio():
    assert too_low(TEXT_PAIRS, ENHANCED, {"contrast light", "contrast dark"}) == []


def test_controls_and_charts_can_be_made_out_in_every_theme():
    assert too_low(SHAPE_PAIRS, SHAPE, {"light", "dark", "contrast light", "contrast dark"}) == []


def test_high_contrast_is_the_same_chosen_by_hand_or_asked_for_by_the_system():
    by_hand, by_system = TOKENS.read_text().split(':root[data-theme="contrast"]', 1)[1].split("@media", 1)

    assert colours(by_hand) == colours(by_system.split("@media", 1)[0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("1 0 0", "0 0 0", 21.0), ("1 0 0", "1 0 0", 1.0), ("0.5999 0 0", "1 0 0", 3.95)],
    ids=["white on black", "white on white", "middle grey on white"],
)
def test_the_ratio_of_known_colours(one, other, expected):
    assert ratio(one, other) == pytest.approx(expected, abs=0.02)


channel = st.floats(0, 1, allow_nan=False)
colour = st.builds("{:.3f} {:.3f} {:.1f}".format, channel, st.floats(0, 0.3), st.floats(0, 360))


@given(colour, colour)
def test_the_ratio_has_no_direction_and_stays_within_its_bounds(one, other):
    assert ratio(one, other) == ratio(other, one)
    assert 1 <= ratio(one, other) <= 21.01
