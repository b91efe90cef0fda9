"""Logic: tables of truth, gates, laws."""

import random

from apps.exams.demo.drawing import Card, gate
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Logic and circuits"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    inputs = rng.sample([(0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)], 3)
    return [
        *[_and_or_output(*values) for values in inputs[:2]],
        _xor_output(*inputs[2]),
        *_circuits(),
        *_tables(),
        *_laws(),
        *_numbers(rng),
        *_statements(),
        *_claims(),
        *_words(),
    ]


def _and_or_card() -> Card:
    card = Card(height=260)
    for y, name in ((60, "A"), (100, "B"), (190, "C")):
        card.text((40, y), name)
    card.line([(58, 60), (163, 60)])
    card.line([(58, 100), (163, 100)])
    gate(card, (200, 80), "AND")
    card.line([(237, 80), (300, 80), (300, 120), (333, 120)])
    card.line([(58, 190), (300, 190), (300, 150), (333, 150)])
    gate(card, (370, 135), "OR")
    card.line([(407, 135), (500, 135)])
    card.text((518, 135), "Y")
    return card


AND_OR_IN_WORDS = "The inputs A and B go into an AND gate; its output and the input C go into an OR gate with the "
"output Y."


def _and_or_output(a: int, b: int, c: int) -> Question:
    value = (a & b) | c
    return number(
        EASY,
        f"What is the output Y of the circuit for A = {a}, B = {b}, C = {c}? Write 0 or 1.",
        value,
        f"A AND B is {a & b}; {a & b} OR {c} is {value}.",
    ).showing(AND_OR_IN_WORDS, _and_or_card)


def _xor_card() -> Card:
    card = Card(height=260)
    for y, name in ((60, "A"), (100, "B"), (190, "C")):
        card.text((40, y), name)
    card.line([(58, 60), (163, 60)])
    card.line([(58, 100), (163, 100)])
    gate(card, (200, 80), "XOR")
    card.line([(237, 80), (300, 80), (300, 120), (333, 120)])
    card.line([(58, 190), (163, 190)])
    gate(card, (200, 190), "NOT")
    card.line([(247, 190), (300, 190), (300, 150), (333, 150)])
    gate(card, (370, 135), "NAND")
    card.line([(417, 135), (500, 135)])
    card.text((518, 135), "Y")
    return card


def _xor_output(a: int, b: int, c: int) -> Question:
    value = 1 - ((a ^ b) & (1 - c))
    return number(
        HARD,
        f"What is the output Y of the circuit for A = {a}, B = {b}, C = {c}? Write 0 or 1.",
        value,
        f"A XOR B is {a ^ b}, NOT C is {1 - c}; NAND is 0 only when both are 1, so Y = {value}.",
    ).showing(
        "A and B go into an XOR gate, C into a NOT gate; the two outputs go into a NAND gate with the output Y.",
        _xor_card,
    )


def _half_adder_card() -> Card:
    card = Card(height=260)
    card.text((40, 70), "A")
    card.text((40, 110), "B")
    card.line([(58, 70), (283, 70)])
    card.line([(58, 110), (283, 110)])
    card.line([(120, 70), (120, 170), (283, 170)])
    card.line([(170, 110), (170, 205), (283, 205)])
    for point in ((120, 70), (170, 110)):
        card.circle(point, 4, fill="#1f2933")
    gate(card, (320, 90), "XOR")
    gate(card, (320, 188), "AND")
    card.line([(357, 90), (470, 90)])
    card.line([(357, 188), (470, 188)])
    card.text((488, 90), "S")
    card.text((488, 188), "C")
    return card


def _circuits() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "Which expression describes the circuit?",
            "Y = (A AND B) OR C",
            ["Y = A AND (B OR C)", "Y = (A OR B) AND C", "Y = A AND B AND C"],
            "First A and B meet in the AND gate, then its output meets C in the OR gate.",
        ).showing(AND_OR_IN_WORDS, _and_or_card),
        one_of(
            HARD,
            "What does this circuit do?",
            "It adds two binary digits: S is the sum, C the carry.",
            [
                "It stores one binary digit.",
                "It compares two numbers: C is 1 when they are equal.",
                "It subtracts B from A.",
            ],
            "XOR is the last digit of A + B, and AND is 1 only for 1 + 1: a half adder.",
        ).showing(
            "A and B both go into an XOR gate with the output S and into an AND gate with the output C.",
            _half_adder_card,
        ),
    ]


def _tables() -> list[Question]:
    return [
        match(
            EASY,
            "Match each gate with when its output is 1.",
            [
                ("AND", "both inputs are 1"),
                ("OR", "at least one input is 1"),
                ("XOR", "exactly one input is 1"),
                ("NOR", "both inputs are 0"),
            ],
            "NOR is the opposite of OR.",
            extra=["the two inputs are equal"],
        ),
        number(
            EASY,
            "How many rows has the table of truth of an expression with 4 variables?",
            16,
            r"Each variable can be true or false: \(2^4 = 16\).",
        ),
        some_of(
            MEDIUM,
            r"For which pairs \((p, q)\) is \(p \Rightarrow q\) true?",
            ["(true, true)", "(false, true)", "(false, false)"],
            ["(true, false)"],
            "An implication is false only when the premise is true and the conclusion false.",
        ),
    ]


def _laws() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            r"Which expression is equivalent to \(\neg(p \land q)\)?",
            r"\(\neg p \lor \neg q\)",
            [r"\(\neg p \land \neg q\)", r"\(p \lor q\)", r"\(\neg p \land q\)"],
            "De Morgan: the negation of an “and” is the “or” of the negations.",
        ),
        one_of(
            HARD,
            r"Which expression is equivalent to \(p \Rightarrow q\)?",
            r"\(\neg q \Rightarrow \neg p\)",
            [r"\(q \Rightarrow p\)", r"\(\neg p \Rightarrow \neg q\)", r"\(p \land \neg q\)"],
            r"The contrapositive says the same; \(q \Rightarrow p\), the converse, says something else.",
        ),
        one_of(
            MEDIUM,
            r"To what can \(p \lor (p \land q)\) be simplified?",
            r"\(p\)",
            [r"\(q\)", r"\(p \land q\)", r"\(p \lor q\)"],
            r"Absorption: if \(p\) is true so is the whole; if it is false, so is \(p \land q\).",
        ),
    ]


def _numbers(rng: random.Random) -> list[Question]:
    left, right = rng.choice([(12, 10), (13, 6), (11, 14)])
    return [
        one_of(
            HARD,
            fill("What is $a AND $b, digit by digit in binary?", a=f"{left:04b}", b=f"{right:04b}"),
            f"{left & right:04b}",
            [f"{left | right:04b}", f"{left ^ right:04b}", f"{left + right & 15:04b}", f"{15 - left:04b}"],
            "A digit of the result is 1 only where both numbers have a 1.",
        ),
        number(
            MEDIUM,
            "Which decimal number is the hexadecimal number <code>2F</code>?",
            47,
            "2 · 16 + 15 = 47.",
        ),
    ]


def _statements() -> list[Question]:
    return [
        one_of(
            EASY,
            "What is the negation of “All students passed”?",
            "At least one student did not pass.",
            ["No student passed.", "All students failed.", "Most students did not pass."],
            "One counterexample is enough to make “all” false.",
        ),
        match(
            MEDIUM,
            r"Given “If it rains, the street is wet”, match each sentence with its name.",
            [
                ("If the street is wet, it rains.", "converse"),
                ("If the street is not wet, it does not rain.", "contrapositive"),
                ("If it does not rain, the street is not wet.", "inverse"),
            ],
            "Only the contrapositive follows from the statement.",
            extra=["negation"],
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            HARD,
            "Taking XOR with the same key twice gives the first number back.",
            True,
            r"\((a \oplus k) \oplus k = a \oplus (k \oplus k) = a \oplus 0 = a\).",
        ),
        claim(
            MEDIUM,
            "Every logic circuit can be built from NAND gates alone.",
            True,
            "NOT is a NAND with both inputs joined, and AND and OR follow from NAND and NOT.",
        ),
        claim(
            EASY,
            r"\(p \lor \neg p\) is true whatever \(p\) is.",
            True,
            "One of the two is always true: it is a tautology.",
        ),
    ]


def _words() -> list[Question]:
    return [
        number(
            EASY,
            "What is the largest whole number that eight binary digits can hold, without a sign?",
            255,
            r"All digits one: \(2^8 - 1 = 255\).",
        ),
        word(
            EASY,
            "What is a statement called that is true in every row of its table of truth?",
            ["tautology", "a tautology"],
            "It is a tautology; its negation is a contradiction.",
        ),
    ]
