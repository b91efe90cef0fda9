"""Functions: values, domains, graphs, inverse and composition."""

import random
from collections.abc import Callable

from apps.exams.demo.drawing import GREEN, RED, Card, Plot
from apps.exams.demo.notation import bracketed, fill, inline, polynomial
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Functions and graphs"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_value(rng, x) for x in rng.sample([-3, -2, 2, 3], 2)],
        *[_composition(rng, x) for x in rng.sample([1, 2, 3, 4], 2)],
        _inverse(rng),
        *_lines_to_read(),
        *_graphs_to_read(),
        *_domains(),
        *_shifts(),
        *_claims(),
        *_growth(),
        *_words(),
    ]


def _value(rng: random.Random, x: int) -> Question:
    a, b, c = rng.randint(2, 4), rng.choice([-5, -3, 2, 4]), rng.randint(1, 9)
    value = a * x * x + b * x + c
    return number(
        EASY,
        fill(r"Let \(f(x) = $rule\). What is \(f($x)\)?", rule=polynomial([a, b, c]), x=x),
        value,
        fill(
            r"\(f($x) = $a \cdot $y^2 $sign $size \cdot $y + $c = $value\).",
            x=x,
            y=bracketed(x),
            a=a,
            sign="-" if b < 0 else "+",
            size=abs(b),
            c=c,
            value=value,
        ),
    )


def _composition(rng: random.Random, x: int) -> Question:
    a, b = rng.randint(2, 5), rng.randint(1, 6)
    inner = a * x + b
    return one_of(
        MEDIUM,
        fill(r"Let \(f(x) = x^2\) and \(g(x) = $rule\). What is \(f(g($x))\)?", rule=polynomial([a, b]), x=x),
        inline(str(inner**2)),
        [inline(str(value)) for value in (a * x * x + b, 2 * inner, x * x * inner, inner, x * x + inner)],
        fill(
            r"Work from the inside: \(g($x) = $inner\), then \(f($inner) = $square\). "
            r"\($other\) would be \(g(f($x))\).",
            x=x,
            inner=inner,
            square=inner**2,
            other=a * x * x + b,
        ),
    )


def _inverse(rng: random.Random) -> Question:
    a, b = rng.choice([(3, 5), (2, 7), (4, 1)])

    def rule(text: str) -> str:
        return fill(rf"\({text}\)", a=a, b=b)

    return one_of(
        MEDIUM,
        fill(r"What is the inverse of \(f(x) = ${a}x + $b\)?", a=a, b=b),
        rule(r"f^{-1}(x) = \frac{x - $b}{$a}"),
        [
            rule(r"f^{-1}(x) = \frac{x}{$a} - $b"),
            rule(r"f^{-1}(x) = \frac{1}{${a}x + $b}"),
            rule(r"f^{-1}(x) = -${a}x - $b"),
        ],
        fill(r"Solve \(y = ${a}x + $b\) for \(x\): first take \($b\) away, then divide by \($a\).", a=a, b=b),
    )


def _line_card(slope: float, height: float) -> Card:
    card = Card()
    Plot(card, x=(-5, 5), y=(-4, 4)).curve(lambda x: slope * x + height)
    return card


def _lines_to_read() -> list[Question]:
    return [
        one_of(
            EASY,
            "Which equation belongs to this line?",
            r"\(y = 2x - 1\)",
            [r"\(y = -x + 2\)", r"\(y = \frac{1}{2}x - 1\)", r"\(y = -2x - 1\)"],
            r"The line meets the \(y\)-axis at \(-1\) and rises by 2 when \(x\) grows by 1.",
        ).showing("A line through the points (0, minus 1), (1, 1) and (2, 3).", lambda: _line_card(2, -1)),
        number(
            EASY,
            "What is the slope of this line?",
            "-0.5",
            r"From \((0, 2)\) to \((4, 0)\) the line falls by 2 over a distance of 4: \(-\frac{2}{4} = -0.5\).",
        ).showing("A falling line through the points (0, 2), (2, 1) and (4, 0).", lambda: _line_card(-0.5, 2)),
    ]


def _curve_card(height: Callable[[float], float], *, y: tuple[float, float] = (-4, 4)) -> Card:
    card = Card()
    Plot(card, x=(-5, 5), y=y).curve(height)
    return card


def _two_curves() -> Card:
    card = Card()
    plot = Plot(card, x=(-3, 4), y=(-2, 8))
    plot.curve(lambda x: x * x)
    plot.curve(lambda x: x + 2, color=GREEN)
    for x in (-1, 2):
        plot.dot(x, x * x, color=RED)
    return card


def _graphs_to_read() -> list[Question]:
    return [
        some_of(
            HARD,
            r"The picture shows the graph of a function \(f\). Which statements are true?",
            [r"\(f(0) = 0\)", r"\(f\) is odd: \(f(-x) = -f(x)\)", r"\(f\) has three zeros"],
            [r"\(f\) grows everywhere", r"\(f(1) \gt 0\)"],
            r"The graph is symmetric about the origin, crosses the axis at \(-2\), \(0\) and \(2\), and falls "
            r"between the "
            r"hill on the left and the valley on the right; at \(x = 1\) it is below the axis.",
        ).showing(
            "A curve that comes from below, crosses the x-axis at minus 2, has a hill, falls through the origin into a "
            "valley at about x = 1.2, and rises through x = 2.",
            lambda: _curve_card(lambda x: (x**3 - 4 * x) / 2),
        ),
        one_of(
            MEDIUM,
            "Which function does this graph belong to?",
            r"\(f(x) = |x| - 2\)",
            [r"\(f(x) = |x - 2|\)", r"\(f(x) = x^2 - 2\)", r"\(f(x) = |x + 2|\)"],
            r"The graph has a corner at \((0, -2)\) and rises with slope 1 on both sides: the graph of \(|x|\), "
            r"moved down by 2.",
        ).showing(
            "Two straight arms that meet in a corner at (0, minus 2) and cross the x-axis at minus 2 and 2.",
            lambda: _curve_card(lambda x: abs(x) - 2),
        ),
        number(
            MEDIUM,
            r"The picture shows \(y = x^2\) and \(y = x + 2\). What is the <strong>larger</strong> \(x\) at which "
            r"they meet?",
            2,
            r"\(x^2 = x + 2\) means \((x - 2)(x + 1) = 0\): the curves meet at \(x = -1\) and \(x = 2\).",
        ).showing(
            "A parabola with its vertex in the origin and a rising line; they meet in two marked points.", _two_curves
        ),
        one_of(
            MEDIUM,
            "Which function does this graph belong to?",
            r"\(f(x) = 2^x\)",
            [r"\(f(x) = 2x\)", r"\(f(x) = x^2\)", r"\(f(x) = \left(\frac{1}{2}\right)^x\)"],
            r"The graph goes through \((0, 1)\), \((1, 2)\) and \((2, 4)\) and comes close to the \(x\)-axis on the "
            r"left.",
        ).showing(
            "A curve close to the x-axis on the left that goes through (0, 1), (1, 2) and (2, 4) and rises ever "
            "faster.",
            lambda: _curve_card(lambda x: 2**x, y=(-1, 7)),
        ),
    ]


def _domains() -> list[Question]:
    return [
        match(
            HARD,
            "Match each function with the largest set of real numbers on which it is defined.",
            [
                (r"\(\sqrt{x - 2}\)", "x ≥ 2"),
                (r"\(\frac{1}{x - 2}\)", "x ≠ 2"),
                (r"\(\ln(x - 2)\)", "x > 2"),
                (r"\((x - 2)^2\)", "all real numbers"),
            ],
            "A root needs a number that is not negative, a fraction a denominator that is not zero, "
            "a logarithm a positive number.",
            extra=["x ≤ 2"],
        ),
        some_of(
            MEDIUM,
            r"At which of these numbers is \(\frac{x + 1}{x^2 - 9}\) <strong>not</strong> defined?",
            [r"\(3\)", r"\(-3\)"],
            [r"\(-1\)", r"\(0\)", r"\(9\)"],
            r"The denominator \(x^2 - 9 = (x - 3)(x + 3)\) is zero at \(3\) and \(-3\). At \(-1\) only the numerator "
            r"is zero.",
        ),
    ]


def _shifts() -> list[Question]:
    return [
        match(
            MEDIUM,
            r"How does the graph of each function come from the graph of \(y = f(x)\)?",
            [
                (r"\(y = f(x) + 3\)", "moved up by 3"),
                (r"\(y = f(x + 3)\)", "moved left by 3"),
                (r"\(y = f(x - 3)\)", "moved right by 3"),
                (r"\(y = -f(x)\)", "mirrored in the x-axis"),
            ],
            r"What is done to the result moves the graph up or down; what is done to \(x\) moves it the opposite way.",
            extra=["moved down by 3", "mirrored in the y-axis"],
        )
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "A circle is the graph of a function.",
            False,
            r"Most vertical lines through a circle meet it twice, so one \(x\) would have two values.",
        ),
        claim(
            MEDIUM,
            r"\(f(x) = x^2\), defined for all real numbers, has an inverse function.",
            False,
            r"\(f(2) = f(-2) = 4\): from the value one cannot tell the number. For \(x \ge 0\) alone it has one, "
            r"\(\sqrt{x}\).",
        ),
    ]


def _growth() -> list[Question]:
    return [
        number(
            HARD,
            r"A culture of 500 bacteria doubles every 3 hours. How many bacteria are there after 12 hours?",
            8000,
            r"12 hours are 4 doublings: \(500 \cdot 2^4 = 8000\).",
        ),
        one_of(
            HARD,
            r"Which expression equals \(\log_2 8 + \log_2 4\)?",
            r"\(\log_2 32\)",
            [r"\(\log_2 12\)", r"\(\log_4 32\)", r"\(6\)"],
            r"Logarithms of the same base add up to the logarithm of the product: \(3 + 2 = 5 = \log_2 32\).",
        ),
    ]


def _words() -> list[Question]:
    return [
        one_of(
            EASY,
            r"Where does the graph of \(f(x) = 3x - 12\) cut the \(x\)-axis?",
            r"\(x = 4\)",
            [r"\(x = -12\)", r"\(x = -4\)", r"\(x = 9\)"],
            r"On the \(x\)-axis the value is 0: \(3x - 12 = 0\) gives \(x = 4\). \(-12\) is where it cuts the "
            r"\(y\)-axis.",
        ),
        word(
            EASY,
            "What is the set of all numbers called that may be put into a function?",
            ["domain", "the domain"],
            "The domain is what may be put in, the range what comes out.",
        ),
    ]
