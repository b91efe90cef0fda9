"""Matrices and vectors: arithmetic, determinants, inverses, systems."""

import random

from apps.exams.demo.notation import block, bracketed, fill, inline, matrix
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word
from apps.questionbank.models import Difficulty

TITLE = "Matrices"

Matrix = list[list[int]]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_product(_drawn(rng), _drawn(rng), level) for level in (MEDIUM, HARD)],
        _sum(_drawn(rng), _drawn(rng)),
        *[_determinant(_drawn(rng)) for _ in range(3)],
        _determinant_of_three(),
        _inverse(),
        *_vectors(rng),
        _singular(rng),
        _sizes(),
        _size_of_product(),
        _turns(),
        *_claims(),
        *_systems(),
        *_words(),
    ]


def _drawn(rng: random.Random) -> Matrix:
    first = rng.sample([1, 2, 3, 4, 5], 2)
    second = rng.sample([-3, -2, -1, 2, 3, 6], 2)
    return [first, second]


def product(left: Matrix, right: Matrix) -> Matrix:
    """Return the matrix product."""
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)] for row in left
    ]


def determinant(rows: Matrix) -> int:
    """Return the determinant of a matrix of two rows."""
    return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]


def _written(rows: Matrix) -> str:
    return inline(matrix(rows))


def _product(a: Matrix, b: Matrix, level: Difficulty) -> Question:
    cell_by_cell = [[x * y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)]
    transposed = [list(column) for column in zip(*product(a, b), strict=True)]
    total = [[x + y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)]
    value = product(a, b)
    return one_of(
        level,
        f"Calculate {block(matrix(a) + matrix(b))}",
        _written(value),
        [_written(wrong) for wrong in (product(b, a), cell_by_cell, transposed, total)],
        fill(
            r"Row times column. In the upper left corner: \($p \cdot $q + $r \cdot $s = $value\).",
            p=a[0][0],
            q=bracketed(b[0][0]),
            r=a[0][1],
            s=bracketed(b[1][0]),
            value=value[0][0],
        ),
    )


def _sum(a: Matrix, b: Matrix) -> Question:
    value = [[2 * x + y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)]
    wrong = [
        [[x + y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)],
        [[2 * (x + y) for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)],
        [[2 * x - y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)],
    ]
    return one_of(
        EASY,
        f"Calculate {block('2' + matrix(a) + ' + ' + matrix(b))}",
        _written(value),
        [_written(rows) for rows in wrong],
        "Multiply every number of the first matrix by 2, then add the numbers that stand in the same place.",
    )


def _determinant(rows: Matrix) -> Question:
    return number(
        EASY,
        f"What is the determinant of {_written(rows)}?",
        determinant(rows),
        fill(
            r"\(ad - bc = $a \cdot $d - $b \cdot $c = $value\).",
            a=rows[0][0],
            d=bracketed(rows[1][1]),
            b=rows[0][1],
            c=bracketed(rows[1][0]),
            value=determinant(rows),
        ),
    )


def _determinant_of_three() -> Question:
    return number(
        HARD,
        f"What is the determinant of {_written([[2, 5, -1], [0, 3, 4], [0, 0, -2]])}?",
        -12,
        r"Below the diagonal are zeros only, so the determinant is the product of the diagonal: "
        r"\(2 \cdot 3 \cdot (-2) = -12\).",
    )


def _inverse() -> Question:
    return one_of(
        HARD,
        f"What is the inverse of {_written([[2, 1], [5, 3]])}?",
        _written([[3, -1], [-5, 2]]),
        [_written([[-2, 1], [5, -3]]), _written([[3, 1], [5, 2]]), _written([[2, 5], [1, 3]])],
        r"The determinant is \(2 \cdot 3 - 1 \cdot 5 = 1\). Swap the numbers on the diagonal, change the sign of the "
        r"other "
        r"two and divide by the determinant. Multiplying gives the unit matrix.",
    )


def _vectors(rng: random.Random) -> list[Question]:
    u, v = rng.sample(range(1, 6), 3), rng.sample([-4, -2, 2, 3], 3)
    dot = sum(x * y for x, y in zip(u, v, strict=True))
    return [
        number(
            MEDIUM,
            f"What is the scalar product of {_written([[x] for x in u])} and {_written([[x] for x in v])}?",
            dot,
            fill(
                r"\($a \cdot $p + $b \cdot $q + $c \cdot $r = $dot\).",
                a=u[0],
                b=u[1],
                c=u[2],
                p=bracketed(v[0]),
                q=bracketed(v[1]),
                r=bracketed(v[2]),
                dot=dot,
            ),
        ),
        number(
            EASY,
            f"How long is the vector {_written([[3], [-4]])}?",
            5,
            r"\(\sqrt{3^2 + (-4)^2} = \sqrt{25} = 5\).",
        ),
        some_of(
            MEDIUM,
            f"Which of these vectors are perpendicular to {_written([[2], [3]])}?",
            [_written([[-3], [2]]), _written([[6], [-4]])],
            [_written([[3], [2]]), _written([[-2], [-3]]), _written([[4], [6]])],
            r"Perpendicular means that the scalar product is zero: \(2 \cdot (-3) + 3 \cdot 2 = 0\) and "
            r"\(2 \cdot 6 + 3 \cdot (-4) = 0\).",
        ),
    ]


def _singular(rng: random.Random) -> Question:
    a, b, factor = rng.randint(2, 5), rng.choice([3, 7]), rng.choice([2, 3])
    return some_of(
        HARD,
        "Which of these matrices have no inverse?",
        [_written([[a, b], [factor * a, factor * b]]), _written([[0, 0], [4, 1]]), _written([[6, -4], [-3, 2]])],
        [_written([[1, 1], [0, 1]]), _written([[0, 1], [1, 0]])],
        "A matrix has no inverse when its determinant is 0, that is, when one row is a multiple of the other.",
    )


def _sizes() -> Question:
    return match(
        EASY,
        "Match each matrix with its size, rows first.",
        [
            (_written([[1, 2, 3]]), "1 × 3"),
            (_written([[1], [2], [3]]), "3 × 1"),
            (_written([[1, 2], [3, 4], [5, 6]]), "3 × 2"),
            (_written([[1, 2, 3], [4, 5, 6]]), "2 × 3"),
        ],
        "A matrix of m rows and n columns has the size m × n.",
        extra=["6 × 1"],
    )


def _size_of_product() -> Question:
    return one_of(
        MEDIUM,
        r"\(A\) has 4 rows and 3 columns, \(B\) has 3 rows and 2 columns. What is the size of \(AB\)?",
        "4 × 2",
        ["3 × 3", "2 × 4", "It does not exist"],
        r"The columns of \(A\) must be as many as the rows of \(B\); the product has the rows of \(A\) and the "
        r"columns of \(B\).",
    )


def _turns() -> Question:
    return match(
        HARD,
        "Match each matrix with what it does to the points of the plane.",
        [
            (_written([[0, -1], [1, 0]]), "turns by 90° anticlockwise"),
            (_written([[-1, 0], [0, -1]]), "turns by 180°"),
            (_written([[1, 0], [0, -1]]), "mirrors in the x-axis"),
            (_written([[2, 0], [0, 2]]), "enlarges to double size"),
        ],
        "The columns are the images of the unit vectors: see where (1, 0) and (0, 1) go.",
        extra=["mirrors in the y-axis"],
    )


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            r"For all square matrices of the same size, \(AB = BA\).",
            False,
            "The order matters. Turning and then mirroring is in general not the same as mirroring and then turning.",
        ),
        claim(
            MEDIUM,
            r"For square matrices of the same size, \(\det(AB) = \det(A) \det(B)\).",
            True,
            "The determinant says by how much areas grow, and one growth after the other multiplies.",
        ),
    ]


def _systems() -> list[Question]:
    return [
        one_of(
            HARD,
            "Which numbers are the eigenvalues of " + _written([[4, 1], [2, 3]]) + "?",
            r"\(2\) and \(5\)",
            [r"\(3\) and \(4\)", r"\(-2\) and \(-5\)", r"\(1\) and \(10\)"],
            r"\((4 - \lambda)(3 - \lambda) - 2 = \lambda^2 - 7\lambda + 10 = (\lambda - 2)(\lambda - 5)\).",
        ),
        number(
            MEDIUM,
            r"\(\begin{pmatrix} 3 & 1 \\ 1 & 2 \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} = "
            r"\begin{pmatrix} 9 \\ 8 \end{pmatrix}\). What is \(x\)?",
            2,
            r"From \(3x + y = 9\) and \(x + 2y = 8\): twice the first less the second is \(5x = 10\), so \(x = 2\) "
            r"and \(y = 3\).",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            MEDIUM,
            "What is a square matrix called that has ones on the diagonal and zeros elsewhere?",
            ["identity matrix", "unit matrix", "identity", "the identity matrix", "the unit matrix"],
            r"It is the identity (or unit) matrix \(I\): \(AI = IA = A\).",
        ),
    ]
