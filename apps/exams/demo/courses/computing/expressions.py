"""Values, types and expressions of Python."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

from .programs import prints, prints_number, prints_text

TITLE = "Expressions and types"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_division(rng, divisor) for divisor in rng.sample([3, 4, 5, 6, 7], 2)],
        *[_binary(value) for value in rng.sample([13, 21, 42, 53], 2)],
        *_precedence(),
        *_texts(),
        *_types(),
        *_comparisons(),
        *_claims(),
        *_conversions(),
        *_words(),
    ]


def _division(rng: random.Random, divisor: int) -> Question:
    value = divisor * rng.randint(4, 9) + rng.randint(1, divisor - 1)
    return prints(
        EASY,
        f"print({value} // {divisor}, {value} % {divisor})",
        f"{value // divisor} {value % divisor}",
        [
            f"{value // divisor + 1} {value % divisor}",
            f"{value % divisor} {value // divisor}",
            f"{value / divisor:.2f} 0",
            f"{value // divisor} {divisor - value % divisor + divisor}",
        ],
        f"// is the whole number of times that {divisor} goes into {value}, % is what is left over.",
    )


def _binary(value: int) -> Question:
    bits = [bit for bit in range(8) if value >> bit & 1]
    return number(
        MEDIUM,
        f"Which decimal number is written <code>{value:b}</code> in binary?",
        value,
        f"Add the powers of two where there is a one: {' + '.join(str(1 << bit) for bit in bits)} = {value}.",
    )


def _precedence() -> list[Question]:
    return [
        prints_number(EASY, "print(2 + 3 * 4)", 14, "Multiplication comes before addition: 2 + 12."),
        prints_number(
            MEDIUM,
            "print(-2 ** 2)",
            -4,
            "Powers bind more tightly than the sign: −(2 ** 2). In brackets, (−2) ** 2 is 4.",
        ),
        prints_number(
            HARD,
            "print(2 ** 3 ** 2)",
            512,
            "Powers are worked from the right: 2 ** (3 ** 2) = 2 ** 9 = 512.",
        ),
    ]


def _texts() -> list[Question]:
    return [
        prints_text(EASY, 'print("ab" * 3)', "ababab", "A text times a number is the text repeated."),
        prints_text(
            MEDIUM, 'word = "lectern"\nprint(word[1:4])', "ect", "Positions start at 0; the end, 4, is left out."
        ),
        prints(
            MEDIUM,
            'print("5" + "7")',
            "57",
            ["12", "5 7", "an error message"],
            "Between quotation marks are texts, and + puts texts together.",
        ),
        prints_text(HARD, 'print("python"[::-1])', "nohtyp", "A step of −1 goes through the text from its end."),
    ]


def _types() -> list[Question]:
    return [
        match(
            EASY,
            "Match each value with its type.",
            [
                ("<code>3</code>", "int"),
                ("<code>3.0</code>", "float"),
                ('<code>"3"</code>', "str"),
                ("<code>[3]</code>", "list"),
            ],
            "The point makes a float, quotation marks a str, square brackets a list.",
            extra=["tuple", "bool"],
        ),
        one_of(
            MEDIUM,
            "What is the type of <code>7 / 2</code> in Python 3?",
            "<code>float</code>",
            ["<code>int</code>", "<code>str</code>", "<code>complex</code>"],
            "A single slash always gives a float, here 3.5; even 6 / 2 is 3.0.",
        ),
    ]


def _comparisons() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "Which of these expressions are true?",
            ["<code>3 &lt; 5 and 5 &lt; 9</code>", "<code>not (2 == 3)</code>", "<code>1 == 1.0</code>"],
            ['<code>"10" == 10</code>', "<code>3 != 3 or 2 &gt; 4</code>"],
            "A text never equals a number; 1 and 1.0 are equal although their types differ.",
        ),
        prints(
            HARD,
            "print(0.1 + 0.2 == 0.3)",
            "False",
            ["True", "0.3", "0.30000000000000004"],
            "Binary fractions cannot hold 0.1 exactly; the sum is 0.30000000000000004.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "In Python the names <code>total</code> and <code>Total</code> mean the same variable.",
            False,
            "Python distinguishes capital and small letters.",
        ),
        claim(
            MEDIUM,
            "A text (<code>str</code>) in Python cannot be changed in place.",
            True,
            'Every operation makes a new text; <code>word[0] = "x"</code> is an error.',
        ),
    ]


def _conversions() -> list[Question]:
    return [
        match(
            HARD,
            "Match each expression with its value.",
            [
                ("<code>bool(0)</code>", "False"),
                ('<code>bool("0")</code>', "True"),
                ("<code>round(2.5)</code>", "2"),
                ("<code>round(3.5)</code>", "4"),
            ],
            "Zero is false, but a text that is not empty is true. A half is rounded to the even neighbour.",
            extra=["3"],
        ),
        prints_number(MEDIUM, "print(int(7.9))", 7, "int cuts off what is after the point; it does not round."),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            'Which function turns the text <code>"42"</code> into the whole number 42? Write its name only.',
            ["int", "int()"],
            '<code>int("42")</code> is the number 42.',
        ),
    ]
