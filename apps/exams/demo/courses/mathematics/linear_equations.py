"""Equations of the first degree, alone, with fractions and in pairs."""

import random
from fractions import Fraction

from apps.exams.demo.notation import bracketed, fill, fraction, inline, polynomial, signed
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Linear equations"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    roots = rng.sample([*range(-9, -1), *range(2, 10)], 12)
    return [
        *[_one_side(rng, root) for root in roots[:2]],
        *[_two_sides(rng, root) for root in roots[2:4]],
        *[_brackets(rng, root) for root in roots[4:6]],
        *[_with_fraction(rng, root) for root in roots[6:8]],
        *[_checked(rng, root, is_true) for root, is_true in zip(roots[8:10], (True, False), strict=True)],
        _which_have_solution(rng, roots[10]),
        _without_solution(),
        _solutions_to_match(rng),
        _slopes_to_match(rng),
        *_word_problems(),
        *_pairs_of_equations(),
        *_words(),
    ]


def _equation(left: list[int], right: list[int]) -> str:
    return f"{polynomial(left)} = {polynomial(right)}"


def _x_is(value: Fraction | int) -> str:
    return inline(f"x = {fraction(value)}")


def _one_side(rng: random.Random, root: int) -> Question:
    a, b = rng.randint(2, 9), rng.choice([-7, -5, -3, 3, 5, 7])
    total = a * root + b
    return one_of(
        EASY,
        fill(r"Solve for \(x\): \[$equation\]", equation=_equation([a, b], [total])),
        _x_is(root),
        [_x_is(Fraction(total + b, a)), _x_is(total - b - a), _x_is(-root), _x_is(Fraction(total, a))],
        fill(
            r"Take \($b\) from both sides: \(${a}x = $rest\). Then divide by \($a\): \(x = $root\).",
            a=a,
            b=b,
            rest=total - b,
            root=root,
        ),
    )


def _two_sides(rng: random.Random, root: int) -> Question:
    a, c = rng.sample(range(2, 9), 2)
    b = rng.choice([-8, -6, -4, 4, 6, 8])
    d = (a - c) * root + b
    return one_of(
        MEDIUM,
        fill(r"Solve for \(x\): \[$equation\]", equation=_equation([a, b], [c, d])),
        _x_is(root),
        [_x_is(Fraction(d - b, a + c)), _x_is(Fraction(d + b, a - c)), _x_is(-root), _x_is(root + 1)],
        fill(
            r"Collect \(x\) on one side and numbers on the other: \($left = $rest\), so \(x = $root\).",
            left=polynomial([a - c, 0]),
            rest=d - b,
            root=root,
        ),
    )


def _brackets(rng: random.Random, root: int) -> Question:
    a, c = rng.sample(range(2, 7), 2)
    b = rng.randint(1, 6)
    d = a * (root + b) - c * root
    return one_of(
        HARD,
        fill(r"Solve for \(x\): \[$a(x + $b) = $right\]", a=a, b=b, right=polynomial([c, d])),
        _x_is(root),
        [_x_is(Fraction(d - b, a - c)), _x_is(Fraction(d - a * b, a + c)), _x_is(-root), _x_is(root - 1)],
        fill(
            r"Multiply out first; both terms in the bracket are multiplied by \($a\): \($equation\). "
            r"Then \($left = $rest\), so \(x = $root\).",
            a=a,
            equation=_equation([a, a * b], [c, d]),
            left=polynomial([a - c, 0]),
            rest=d - a * b,
            root=root,
        ),
    )


def _with_fraction(rng: random.Random, root: int) -> Question:
    a, b = rng.choice([3, 4, 5, 6]), rng.choice([-4, -2, 1, 3])
    return number(
        MEDIUM,
        fill(r"Find \(x\): \[\frac{x}{$a} $b = $total\]", a=a, b=signed(b), total=root + b),
        a * root,
        fill(
            r"Take \($b\) from both sides: \(\frac{x}{$a} = $root\). Then multiply by \($a\): \(x = $x\).",
            a=a,
            b=b,
            root=root,
            x=a * root,
        ),
    )


def _checked(rng: random.Random, root: int, is_true: bool) -> Question:
    a, b, c = rng.randint(5, 9), rng.choice([-6, -1, 2, 5]), rng.randint(2, 4)
    d = (a - c) * (root if is_true else root + 1) + b
    return claim(
        EASY,
        fill(r"\(x = $root\) is a solution of \($equation\).", root=root, equation=_equation([a, b], [c, d])),
        is_true,
        fill(
            r"Put the number in: the left side is \($a \cdot $x $b = $left\), the right side "
            r"\($c \cdot $x $d = $right\). $verdict.",
            a=a,
            b=signed(b),
            c=c,
            d=signed(d),
            x=bracketed(root),
            left=a * root + b,
            right=c * root + d,
            verdict="Both sides agree" if is_true else "The sides differ",
        ),
    )


def _which_have_solution(rng: random.Random, root: int) -> Question:
    right: list[str] = []
    wrong: list[str] = []
    for place, a in enumerate(rng.sample(range(2, 10), 5)):
        b = rng.randint(1, 9)
        off = 0 if place < 3 else rng.choice([-2, -1, 1, 2]) * a
        (right if place < 3 else wrong).append(inline(_equation([a, b], [a * root + b + off])))
    return some_of(
        MEDIUM,
        fill(r"Which of these equations have the solution \(x = $root\)?", root=root),
        right,
        wrong,
        fill(r"Put \($root\) in for \(x\) and see whether both sides are the same number.", root=root),
    )


def _without_solution() -> Question:
    return some_of(
        HARD,
        "Which of these equations have <strong>no</strong> solution?",
        [r"\(3x + 4 = 3x - 1\)", r"\(2(x + 5) = 2x + 5\)"],
        [r"\(4x + 1 = x + 1\)", r"\(5(x - 1) = 5x - 5\)", r"\(x = -x\)"],
        r"Where the \(x\) vanishes and a false statement such as \(4 = -1\) is left, nothing solves the equation. "
        r"\(5(x - 1) = 5x - 5\) is true of every number, and the other two have the solution \(x = 0\).",
    )


def _solutions_to_match(rng: random.Random) -> Question:
    roots = rng.sample([-4, -3, -2, 2, 3, 4, 5], 5)
    pairs = []
    for root in roots[:4]:
        a, b = rng.randint(2, 7), rng.randint(1, 9)
        pairs.append((inline(_equation([a, b], [a * root + b])), f"x = {root}"))
    return match(
        EASY,
        "Match each equation with its solution.",
        pairs,
        "Undo the addition first, then the multiplication.",
        extra=[f"x = {roots[4]}"],
    )


def _slopes_to_match(rng: random.Random) -> Question:
    a = rng.choice([2, 4])
    return match(
        MEDIUM,
        "Match each line with its slope.",
        [
            (r"\(y = 3x - 2\)", "3"),
            (r"\(y = 5 - 2x\)", "-2"),
            (fill(r"\(${a}y = x + 6\)", a=a), f"1/{a}"),
            (r"\(y = 7\)", "0"),
        ],
        r"Bring each equation to the form \(y = mx + b\). The slope is \(m\); a level line has the slope 0.",
        extra=["-1/3", "7"],
    )


def _word_problems() -> list[Question]:
    return [
        number(
            MEDIUM,
            "A theatre sells 180 tickets for one evening, some at 12 euros and the rest at 20 euros. It takes in "
            "2,640 euros. How many tickets at 20 euros were sold?",
            60,
            r"Let \(x\) be the number of tickets at 20 euros. Then \(20x + 12(180 - x) = 2640\), so "
            r"\(8x = 480\) and \(x = 60\).",
        ),
        number(
            HARD,
            "Amira is 24 years older than her son. In 6 years she will be three times as old as he will be then. "
            "How old is her son today?",
            6,
            r"Let \(x\) be the age of the son today. In six years \((x + 24) + 6 = 3(x + 6)\), so "
            r"\(x + 30 = 3x + 18\) and \(x = 6\).",
        ),
    ]


def _pairs_of_equations() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            r"Which pair \((x, y)\) solves both equations? \[\begin{aligned} 2x + y &= 7 \\ x - y &= -1 "
            r"\end{aligned}\]",
            r"\((2, 3)\)",
            [r"\((3, 2)\)", r"\((3, 1)\)", r"\((1, 5)\)", r"\((2, -3)\)"],
            r"Adding the equations gives \(3x = 6\), so \(x = 2\) and \(y = 3\). "
            r"The pairs \((3, 1)\) and \((1, 5)\) solve the first equation only.",
        ),
        number(
            HARD,
            r"For which number \(k\) has this system no solution? "
            r"\[\begin{aligned} 2x + 3y &= 6 \\ 4x + ky &= 5 \end{aligned}\]",
            6,
            r"The left sides must be multiples of each other: \(4 : 2 = k : 3\), so \(k = 6\). "
            r"Then the first equation says \(4x + 6y = 12\), the second \(4x + 6y = 5\).",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            r"In \(y = mx + b\), what is the number \(m\) called?",
            ["slope", "gradient", "the slope", "the gradient"],
            r"\(m\) is the slope: how much \(y\) grows when \(x\) grows by 1.",
        ),
        claim(
            EASY,
            "Multiplying both sides of an equation by 0 gives an equation with the same solutions.",
            False,
            r"It gives \(0 = 0\), which every number solves. Only multiplying by a number other than 0 keeps the "
            r"solutions.",
        ),
    ]
