"""Equations of the second degree: factors, formula, discriminant, vertex."""

import random
from fractions import Fraction

from apps.exams.demo.drawing import Card, Plot
from apps.exams.demo.notation import bracketed, fill, fraction, inline, polynomial
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Quadratic equations"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    pairs = rng.sample([(-6, 2), (-5, 3), (-4, 7), (-3, 8), (-2, 5), (-7, 4), (3, 5), (2, 9), (-8, -3)], 7)
    return [
        *[_both_roots(pair) for pair in pairs[:3]],
        *[_larger_root(pair) for pair in pairs[3:5]],
        _factors(pairs[5]),
        _sum_of_roots(rng),
        *[_discriminant(a, b, c) for a, b, c in ((2, -3, -5), (3, 4, 2))],
        _how_many_roots(),
        _without_real_roots(),
        _vertex(rng),
        _completing_the_square(),
        _parabola_to_read(),
        _parabola_and_sign(),
        *_claims(),
        *_applied(),
        _words(),
    ]


def _roots(smaller: Fraction | int, larger: Fraction | int) -> str:
    return fill(r"\(x = $smaller\) or \(x = $larger\)", smaller=smaller, larger=larger)


def _monic(pair: tuple[int, int]) -> list[int]:
    return [1, -sum(pair), pair[0] * pair[1]]


def _both_roots(pair: tuple[int, int]) -> Question:
    low, high = sorted(pair)
    return one_of(
        EASY,
        fill(r"Solve: \[$equation = 0\]", equation=polynomial(_monic(pair))),
        _roots(low, high),
        [_roots(*sorted((-low, -high))), _roots(*sorted((low, -high))), _roots(*sorted((-low, high))), _roots(-1, 1)],
        fill(
            r"Two numbers with the product \($product\) and the sum \($sum\) are \($low\) and \($high\), so the left "
            r"side is "
            r"\(($first)($second)\), which is zero at these two numbers.",
            product=low * high,
            sum=low + high,
            low=low,
            high=high,
            first=polynomial([1, -low]),
            second=polynomial([1, -high]),
        ),
    )


def _larger_root(pair: tuple[int, int]) -> Question:
    low, high = sorted(pair)
    coefficients = [2 * coefficient for coefficient in _monic(pair)]
    return number(
        MEDIUM,
        fill(r"What is the <strong>larger</strong> solution of \($equation = 0\)?", equation=polynomial(coefficients)),
        high,
        fill(
            r"Divide by 2: \($equation = 0\). The solutions are \($low\) and \($high\).",
            equation=polynomial(_monic(pair)),
            low=low,
            high=high,
        ),
    )


def _factors(pair: tuple[int, int]) -> Question:
    low, high = sorted(pair)

    def product(first: int, second: int) -> str:
        return fill(r"\(($first)($second)\)", first=polynomial([1, first]), second=polynomial([1, second]))

    return one_of(
        EASY,
        fill(r"Which product equals \($expression\)?", expression=polynomial(_monic(pair))),
        product(-low, -high),
        [product(low, high), product(low, -high), product(-low, high), product(-1, -low * high)],
        fill(
            r"Multiply out: the numbers must add up to \($sum\) and multiply to \($product\).",
            sum=-low - high,
            product=low * high,
        ),
    )


def _sum_of_roots(rng: random.Random) -> Question:
    a, b, c = rng.choice([(2, -9, 4), (3, -10, 3), (2, -7, 3)])
    return one_of(
        MEDIUM,
        fill(r"What do the two solutions of \($equation = 0\) add up to?", equation=polynomial([a, b, c])),
        inline(fraction(Fraction(-b, a))),
        [inline(fraction(value)) for value in (Fraction(b, a), Fraction(c, a), -b, Fraction(-b, 2 * a))],
        fill(
            r"In \(ax^2 + bx + c = 0\) the solutions add up to \(-\frac{b}{a} = $sum\), and multiply to "
            r"\(\frac{c}{a}\).",
            sum=Fraction(-b, a),
        ),
    )


def _discriminant(a: int, b: int, c: int) -> Question:
    return number(
        EASY,
        fill(r"What is the discriminant of \($equation = 0\)?", equation=polynomial([a, b, c])),
        b * b - 4 * a * c,
        fill(
            r"\(b^2 - 4ac = $b^2 - 4 \cdot $a \cdot $c = $value\).",
            b=bracketed(b),
            a=a,
            c=bracketed(c),
            value=b * b - 4 * a * c,
        ),
    )


def _how_many_roots() -> Question:
    return match(
        MEDIUM,
        "How many real solutions has each equation?",
        [
            (r"\(x^2 + 6x + 9 = 0\)", "exactly one"),
            (r"\(x^2 + 2x + 5 = 0\)", "none"),
            (r"\(x^2 - 4x - 5 = 0\)", "two, both whole numbers"),
            (r"\(x^2 - 2 = 0\)", "two, both irrational"),
        ],
        r"The discriminants are \(0\), \(-16\), \(36\) and \(8\). A square number gives rational solutions, "
        r"another positive number irrational ones, zero one, and a negative number none.",
        extra=["infinitely many"],
    )


def _without_real_roots() -> Question:
    return some_of(
        MEDIUM,
        "Which of these equations have no real solution?",
        [r"\(x^2 + 4 = 0\)", r"\(3x^2 + 2x + 1 = 0\)", r"\(x^2 - x + 1 = 0\)"],
        [r"\(x^2 - 4 = 0\)", r"\(x^2 + 5x = 0\)", r"\(2x^2 - 4x + 2 = 0\)"],
        r"\(x^2 = -4\) is impossible; the discriminants of the other two are \(4 - 12 = -8\) and \(1 - 4 = -3\).",
    )


def _vertex(rng: random.Random) -> Question:
    h, k = rng.choice([(3, -4), (-2, 5), (4, 1)])

    def point(x: int, y: int) -> str:
        return fill(r"\(($x, $y)\)", x=x, y=y)

    return one_of(
        MEDIUM,
        fill(
            r"Where is the vertex of the parabola \(y = $expression\)?", expression=polynomial([1, -2 * h, h * h + k])
        ),
        point(h, k),
        [point(-h, k), point(h, h * h + k), point(k, h), point(h, -k)],
        fill(
            r"Complete the square: \(y = ($inner)^2 $k\). The square is smallest, namely 0, at \(x = $h\).",
            inner=polynomial([1, -h]),
            k=f"+ {k}" if k > 0 else f"- {-k}",
            h=h,
        ),
    )


def _completing_the_square() -> Question:
    return number(
        HARD,
        r"For which number \(c\) is \(x^2 - 10x + c\) the square of a binomial \((x - p)^2\)?",
        25,
        r"\((x - p)^2 = x^2 - 2px + p^2\). From \(2p = 10\) follows \(p = 5\) and \(c = p^2 = 25\).",
    )


def _parabola(a: float, b: float, c: float) -> Card:
    card = Card()
    plot = Plot(card, x=(-5, 5), y=(-5, 5))
    plot.curve(lambda x: a * x * x + b * x + c)
    return card


def _parabola_to_read() -> Question:
    return one_of(
        MEDIUM,
        "Which equation belongs to this parabola?",
        r"\(y = x^2 - 2x - 3\)",
        [r"\(y = x^2 + 2x - 3\)", r"\(y = -x^2 + 2x + 3\)", r"\(y = x^2 - 3\)"],
        r"The parabola opens upwards and cuts the \(x\)-axis at \(-1\) and \(3\), so \(y = (x + 1)(x - 3) = x^2 - 2x "
        r"- 3\).",
    ).showing(
        "A parabola that opens upwards, cuts the x-axis at minus 1 and 3, and has its lowest point at x = 1, y = "
        "minus 4.",
        lambda: _parabola(1, -2, -3),
    )


def _parabola_and_sign() -> Question:
    return some_of(
        HARD,
        r"The picture shows \(y = ax^2 + bx + c\). Which statements are true?",
        [r"\(a \lt 0\)", r"\(c \gt 0\)", r"\(b^2 - 4ac \gt 0\)"],
        [r"\(a + b + c \lt 0\)", r"\(b = 0\)"],
        r"It opens downwards, so \(a \lt 0\). It meets the \(y\)-axis at 3, so \(c \gt 0\). It has two zeros, so the "
        r"discriminant "
        r"is positive. At \(x = 1\) it has the height \(a + b + c = 4 \gt 0\), and its vertex is not on the "
        r"\(y\)-axis.",
    ).showing(
        "A parabola that opens downwards, cuts the x-axis at minus 1 and 3, the y-axis at 3, and has its highest "
        "point at "
        "x = 1, y = 4.",
        lambda: _parabola(-1, 2, 3),
    )


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            r"Every solution of \(x^2 = 5x\) is a solution of \(x = 5\).",
            False,
            r"\(x = 0\) solves \(x^2 = 5x\) as well: dividing by \(x\) loses it. Factor instead: \(x(x - 5) = 0\).",
        ),
        claim(
            MEDIUM,
            r"If \(a\) and \(c\) have different signs, \(ax^2 + bx + c = 0\) has two different real solutions.",
            True,
            r"Then \(-4ac \gt 0\), so the discriminant \(b^2 - 4ac\) is positive whatever \(b\) is.",
        ),
    ]


def _applied() -> list[Question]:
    return [
        number(
            HARD,
            "A rectangular garden is 4 m longer than it is wide and has an area of 96 m². How wide is it?",
            8,
            r"With the width \(w\): \(w(w + 4) = 96\), so \(w^2 + 4w - 96 = (w - 8)(w + 12) = 0\). "
            r"A width is positive, so \(w = 8\) m.",
            unit="m",
        ),
        number(
            HARD,
            r"A ball is thrown upwards; its height after \(t\) seconds is \(h = 15t - 5t^2\) metres. "
            r"After how many seconds is it back on the ground?",
            3,
            r"\(h = 5t(3 - t)\) is zero at \(t = 0\), the throw, and at \(t = 3\).",
            unit="s",
        ),
    ]


def _words() -> Question:
    return word(
        EASY,
        "What is the curve called that is the graph of a quadratic function?",
        ["parabola", "a parabola"],
        r"The graph of \(y = ax^2 + bx + c\) with \(a \neq 0\) is a parabola.",
    )
