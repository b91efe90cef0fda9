"""Lists, dictionaries, sets and tuples of Python."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, one_of, some_of, word

from .programs import prints, prints_number, prints_text

TITLE = "Lists and dictionaries"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_index(rng) for _ in range(2)],
        _squares(rng),
        *_slices(),
        *_changing(),
        *_dictionaries(),
        *_sets(),
        *_sorting(),
        *_choosing(),
        *_claims(),
        *_words(),
    ]


def _index(rng: random.Random) -> Question:
    values = rng.sample(range(10, 60), 5)
    place = rng.choice([1, 2, 3])
    return prints_number(
        EASY,
        f"values = {values}\nprint(values[{place}] - values[-1])",
        values[place] - values[-1],
        f"Positions start at 0: values[{place}] is {values[place]}; values[-1], the last one, is {values[-1]}.",
    )


def _squares(rng: random.Random) -> Question:
    last = rng.choice([4, 5, 6])
    value = sum(i * i for i in range(last) if i % 2 == 1)
    return prints_number(
        MEDIUM,
        f"print(sum(i * i for i in range({last}) if i % 2 == 1))",
        value,
        f"Only the odd numbers below {last} are squared and added up.",
    )


def _slices() -> list[Question]:
    return [
        prints(
            EASY,
            "print([10, 20, 30, 40, 50][1:3])",
            "[20, 30]",
            ["[10, 20, 30]", "[20, 30, 40]", "[10, 20]"],
            "From position 1 up to, but not including, position 3.",
        ),
        prints(
            MEDIUM,
            "print([1, 2, 3, 4, 5, 6][::2])",
            "[1, 3, 5]",
            ["[2, 4, 6]", "[1, 2]", "[3, 6]"],
            "Every second item, starting with the first.",
        ),
    ]


def _changing() -> list[Question]:
    return [
        prints(
            HARD,
            "print([x for row in [[1, 2], [3]] for x in row])",
            "[1, 2, 3]",
            ["[[1, 2], [3]]", "[1, 3]", "[6]"],
            "The loops stand in the order in which they would be nested: first the rows, then the items of each row.",
        ),
        prints(
            HARD,
            """
            a = [1, 2, 3]
            b = a
            b.append(4)
            print(a)
            """,
            "[1, 2, 3, 4]",
            ["[1, 2, 3]", "[4]", "[1, 2, 3, [4]]"],
            "b is another name of the same list, not a copy. A copy would be a[:] or a.copy().",
        ),
        prints_number(
            MEDIUM,
            """
            stack = []
            for x in [3, 1, 4]:
                stack.append(x)
            stack.pop()
            print(stack[-1])
            """,
            1,
            "pop takes away the 4 that was put on last; 1 is then on top.",
        ),
        prints(
            HARD,
            """
            grid = [[0] * 2] * 2
            grid[0][0] = 1
            print(grid)
            """,
            "[[1, 0], [1, 0]]",
            ["[[1, 0], [0, 0]]", "[[1, 1], [0, 0]]", "[[1, 0]]"],
            "The outer * repeats the same inner list, so both rows change together.",
        ),
    ]


def _dictionaries() -> list[Question]:
    return [
        prints_number(
            EASY,
            """
            ages = {"Mia": 12, "Omar": 15, "Lin": 9}
            print(ages["Omar"] - ages["Lin"])
            """,
            6,
            "15 − 9 = 6.",
        ),
        prints_number(
            MEDIUM,
            """
            counts = {}
            for letter in "banana":
                counts[letter] = counts.get(letter, 0) + 1
            print(counts["a"])
            """,
            3,
            "get gives 0 for a letter that is new; the word has three times the letter a.",
        ),
        one_of(
            MEDIUM,
            'What happens at <code>d["x"]</code> when the dictionary <code>d</code> has no key <code>"x"</code>?',
            "a <code>KeyError</code> is raised",
            ["the value is <code>None</code>", "the value is 0", "an <code>IndexError</code> is raised"],
            'Use d.get("x") to get None instead, or "x" in d to ask.',
        ),
    ]


def _sets() -> list[Question]:
    return [
        prints_number(
            EASY,
            "print(len({3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}))",
            7,
            "A set holds each value once: 1, 2, 3, 4, 5, 6 and 9.",
        ),
        match(
            MEDIUM,
            "With A = {1, 2, 3} and B = {3, 4}, match each expression with its value.",
            [
                ("<code>A | B</code>", "{1, 2, 3, 4}"),
                ("<code>A &amp; B</code>", "{3}"),
                ("<code>A - B</code>", "{1, 2}"),
                ("<code>A ^ B</code>", "{1, 2, 4}"),
            ],
            "Union, intersection, difference, and what is in exactly one of the two.",
            extra=["{4}"],
        ),
    ]


def _sorting() -> list[Question]:
    return [
        prints(
            HARD,
            'print(sorted(["fig", "apple", "kiwi"], key=len)[0])',
            "fig",
            ["apple", "kiwi", "3"],
            "Sorted by their length the shortest word comes first.",
        ),
        prints_text(
            MEDIUM,
            'print("-".join(sorted("cab")))',
            "a-b-c",
            "sorted gives the letters in order, join puts a dash between.",
        ),
    ]


def _choosing() -> list[Question]:
    return [
        some_of(
            EASY,
            "Which of these can be changed after they were made?",
            ["<code>list</code>", "<code>dict</code>", "<code>set</code>"],
            ["<code>tuple</code>", "<code>str</code>"],
            "Tuples and texts never change; the other three can.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            MEDIUM,
            "A list can be a key of a dictionary.",
            False,
            "Keys must be hashable; a list can change. A tuple of numbers can be a key.",
        ),
        claim(EASY, "<code>len([])</code> is 0.", True, "The empty list has no items."),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            "Which method adds one item at the end of a list? Write its name only.",
            ["append", "append()", ".append"],
            "<code>values.append(x)</code> adds x at the end.",
        ),
    ]
