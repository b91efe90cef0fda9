"""Derivatives: rules, tangents, extremes."""

import random

from apps.exams.demo.drawing import GREEN, Card, Plot
from apps.exams.demo.notation import bracketed, fill, polynomial
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Derivatives"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_of_polynomial(rng, degree) for degree in (2, 3, 4)],
        *[_at_a_point(rng, x) for x in rng.sample([-2, -1, 2, 3], 2)],
        *[_chain(rng, power) for power in (3, 5)],
        _product(),
        _quotient(),
        _known_derivatives(),
        _second_derivative(rng),
        *_tangents(),
        *_extremes(),
        *_meaning(),
        *_claims(),
        *_words(),
    ]


def derivative(coefficients: list[int]) -> list[int]:
    """Return the coefficients of the derivative, the highest power first."""
    highest = len(coefficients) - 1
    return [coefficient * (highest - place) for place, coefficient in enumerate(coefficients[:-1])]


def _f_prime(coefficients: list[int]) -> str:
    return fill(r"\(f'(x) = $rule\)", rule=polynomial(coefficients))


def _of_polynomial(rng: random.Random, degree: int) -> Question:
    coefficients = [rng.choice([2, 3, 4, 5, 6]), *(rng.choice([-7, -4, -3, 2, 3, 5, 8]) for _ in range(degree))]
    right = derivative(coefficients)
    powers_kept = [*(c * (degree - place) for place, c in enumerate(coefficients[:-1])), 0]
    factors_lost = coefficients[:-1]
    constant_kept = [*right[:-1], right[-1] + coefficients[-1]]
    return one_of(
        EASY if degree == 2 else MEDIUM,
        fill(r"What is the derivative of \(f(x) = $rule\)?", rule=polynomial(coefficients)),
        _f_prime(right),
        [_f_prime(constant_kept), _f_prime(factors_lost), _f_prime(powers_kept), _f_prime([-c for c in right])],
        r"Each \(ax^n\) becomes \(n \cdot ax^{n-1}\); the constant vanishes.",
    )


def _at_a_point(rng: random.Random, x: int) -> Question:
    coefficients = [rng.choice([1, 2]), rng.choice([-3, -1, 2, 4]), rng.choice([-5, 1, 6]), rng.randint(1, 9)]
    slope = derivative(coefficients)
    value = slope[0] * x * x + slope[1] * x + slope[2]
    return number(
        MEDIUM,
        fill(r"Let \(f(x) = $rule\). What is \(f'($x)\)?", rule=polynomial(coefficients), x=x),
        value,
        fill(
            r"\(f'(x) = $slope\). Put \(x = $x\) in: \(f'($x) = $value\).",
            slope=polynomial(slope),
            x=x,
            value=value,
        ),
    )


def _chain(rng: random.Random, power: int) -> Question:
    a, b = rng.choice([(2, 1), (3, -2), (4, 5)])

    def rule(factor: int, exponent: int) -> str:
        return fill(r"\($factor($inner)^{$exponent}\)", factor=factor, inner=polynomial([a, b]), exponent=exponent)

    return one_of(
        HARD,
        fill(r"What is the derivative of \(($inner)^{$power}\)?", inner=polynomial([a, b]), power=power),
        rule(power * a, power - 1),
        [rule(power, power - 1), rule(a, power - 1), rule(power * a, power), rule(power + a, power - 1)],
        fill(
            r"Chain rule: the outer derivative \($power(\dots)^{$less}\) times the inner derivative \($a\).",
            power=power,
            less=power - 1,
            a=a,
        ),
    )


def _product() -> Question:
    return one_of(
        MEDIUM,
        r"What is the derivative of \(x^2 e^x\)?",
        r"\((x^2 + 2x)e^x\)",
        [r"\(2x e^x\)", r"\(x^2 e^x\)", r"\(2x + e^x\)"],
        r"Product rule: \((uv)' = u'v + uv'\) with \(u = x^2\) and \(v = e^x\) gives \(2x e^x + x^2 e^x\).",
    )


def _quotient() -> Question:
    return one_of(
        HARD,
        r"What is the derivative of \(\frac{x}{x + 1}\)?",
        r"\(\frac{1}{(x + 1)^2}\)",
        [r"\(1\)", r"\(\frac{2x + 1}{(x + 1)^2}\)", r"\(-\frac{1}{(x + 1)^2}\)"],
        r"Quotient rule: \(\frac{1 \cdot (x + 1) - x \cdot 1}{(x + 1)^2} = \frac{1}{(x + 1)^2}\).",
    )


def _known_derivatives() -> Question:
    return match(
        MEDIUM,
        "Match each function with its derivative.",
        [
            (r"\(\sin x\)", r"\(\cos x\)"),
            (r"\(\cos x\)", r"\(-\sin x\)"),
            (r"\(\ln x\)", r"\(\frac{1}{x}\)"),
            (r"\(e^{2x}\)", r"\(2e^{2x}\)"),
            (r"\(\sqrt{x}\)", r"\(\frac{1}{2\sqrt{x}}\)"),
        ],
        r"Mind the sign of the derivative of the cosine and the factor 2 from the chain rule.",
        extra=[r"\(\sin x\)", r"\(e^{2x}\)"],
    )


def _second_derivative(rng: random.Random) -> Question:
    a, x = rng.choice([2, 3, 5]), rng.choice([-2, 2, 3])
    return number(
        MEDIUM,
        fill(r"Let \(f(x) = ${a}x^3 - 4x + 7\). What is \(f''($x)\)?", a=a, x=x),
        6 * a * x,
        fill(
            r"\(f'(x) = ${first}x^2 - 4\) and \(f''(x) = ${second}x\), so \(f''($x) = $second \cdot $y = $value\).",
            first=3 * a,
            second=6 * a,
            x=x,
            y=bracketed(x),
            value=6 * a * x,
        ),
    )


def _tangent_card() -> Card:
    card = Card()
    plot = Plot(card, x=(-3, 5), y=(-2, 6))
    plot.curve(lambda x: x * x / 2)
    plot.curve(lambda x: 2 * x - 2, color=GREEN)
    plot.dot(2, 2)
    return card


def _tangents() -> list[Question]:
    return [
        number(
            EASY,
            r"The picture shows the graph of \(f\) and its tangent at \(x = 2\). What is \(f'(2)\)?",
            2,
            r"\(f'(2)\) is the slope of the tangent. It goes through \((1, 0)\) and \((2, 2)\), so its slope is 2.",
        ).showing(
            "A parabola with its vertex in the origin, and a straight line that touches it in the marked point (2, "
            "2) and "
            "cuts the x-axis at 1.",
            _tangent_card,
        ),
        one_of(
            HARD,
            r"Which line is the tangent to \(y = x^2\) at \(x = 3\)?",
            r"\(y = 6x - 9\)",
            [r"\(y = 6x + 9\)", r"\(y = 3x\)", r"\(y = 9x - 18\)"],
            r"The slope is \(2 \cdot 3 = 6\), and the line goes through \((3, 9)\): \(y = 6(x - 3) + 9 = 6x - 9\).",
        ),
    ]


def _cubic_card() -> Card:
    card = Card()
    plot = Plot(card, x=(-3, 3), y=(-4, 4))
    plot.curve(lambda x: x**3 - 3 * x)
    return card


def _extremes() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            r"The picture shows the graph of \(f(x) = x^3 - 3x\). Which statements are true?",
            [r"\(f'(1) = 0\)", r"\(f'(x) \lt 0\) for \(-1 \lt x \lt 1\)", r"\(f\) has a local maximum at \(x = -1\)"],
            [r"\(f'(0) = 0\)", r"\(f''(1) \lt 0\)"],
            r"\(f'(x) = 3x^2 - 3\) is zero at \(\pm 1\) and negative between them; \(f'(0) = -3\), and \(f''(1) = 6\).",
        ).showing(
            "A curve with a hill at x = minus 1, y = 2 and a valley at x = 1, y = minus 2, through the origin.",
            _cubic_card,
        ),
        number(
            HARD,
            r"A rectangle has a perimeter of 40 cm. What is the largest area it can have?",
            100,
            r"With one side \(x\) the area is \(A = x(20 - x)\). \(A' = 20 - 2x = 0\) gives \(x = 10\): "
            r"a square of \(100\ \text{cm}^2\).",
            unit="cm²",
        ),
    ]


def _meaning() -> list[Question]:
    return [
        match(
            EASY,
            r"A car has covered \(s(t)\) after the time \(t\). Match each expression with what it means.",
            [
                (r"\(s'(t)\)", "speed"),
                (r"\(s''(t)\)", "acceleration"),
                (r"\(\frac{s(t_2) - s(t_1)}{t_2 - t_1}\)", "average speed"),
                (r"\(s(t_2) - s(t_1)\)", "distance covered"),
            ],
            "The derivative is the rate of change at one moment, the quotient of differences the average rate.",
            extra=["mass"],
        ),
        number(
            HARD,
            r"What is \(\displaystyle \lim_{h \to 0} \frac{\sin h}{h}\)?",
            1,
            r"It is the derivative of the sine at 0, and \(\cos 0 = 1\).",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            r"If \(f'(x) \gt 0\) for all \(x\), then \(f\) is increasing.",
            True,
            "A positive slope everywhere means that the graph rises everywhere.",
        ),
        claim(
            HARD,
            r"If \(f'(a) = 0\), then \(f\) has a maximum or a minimum at \(a\).",
            False,
            r"\(f(x) = x^3\) has \(f'(0) = 0\) but goes on rising: a level point of inflection.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            MEDIUM,
            r"Which rule says \((f(g(x)))' = f'(g(x)) \cdot g'(x)\)?",
            ["chain rule", "the chain rule", "chain"],
            "It is the chain rule: outer derivative times inner derivative.",
        ),
    ]
