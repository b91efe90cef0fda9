"""Loops, conditions and functions of Python, and what they cost."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

from .programs import prints, prints_number, prints_text, shown

TITLE = "Loops and functions"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_sum_of_range(last) for last in rng.sample([5, 6, 8, 10], 2)],
        *[_while(start) for start in rng.sample([20, 40, 100], 2)],
        *_ranges(),
        *_conditions(),
        *_functions(),
        *_recursion(),
        *_costs(),
        *_claims(),
        *_words(),
    ]


def _sum_of_range(last: int) -> Question:
    return prints_number(
        EASY,
        f"""
        total = 0
        for i in range({last}):
            total += i
        print(total)
        """,
        sum(range(last)),
        f"range({last}) goes from 0 to {last - 1}; the sum is {sum(range(last))}.",
    )


def _while(start: int) -> Question:
    return prints_number(
        MEDIUM,
        f"""
        n = {start}
        steps = 0
        while n > 1:
            n = n // 2
            steps += 1
        print(steps)
        """,
        start.bit_length() - 1,
        f"{start} is halved, rounding down, until 1 is left: that takes {start.bit_length() - 1} steps.",
    )


def _ranges() -> list[Question]:
    return [
        match(
            MEDIUM,
            "Match each range with the numbers it goes through.",
            [
                ("<code>range(4)</code>", "0, 1, 2, 3"),
                ("<code>range(1, 4)</code>", "1, 2, 3"),
                ("<code>range(0, 10, 4)</code>", "0, 4, 8"),
                ("<code>range(3, 0, -1)</code>", "3, 2, 1"),
            ],
            "The end is never reached, and the third number is the step.",
            extra=["1, 2, 3, 4", "0, 4, 8, 12"],
        ),
        one_of(
            EASY,
            "How many times is the body of <code>for i in range(2, 10, 2)</code> carried out?",
            "4",
            ["5", "8", "10"],
            "For 2, 4, 6 and 8.",
        ),
    ]


def _conditions() -> list[Question]:
    return [
        prints_text(
            EASY,
            """
            x = 7
            if x > 10:
                print("large")
            elif x > 5:
                print("middle")
            else:
                print("small")
            """,
            "middle",
            "7 is not over 10 but over 5, so the second branch is taken and no other.",
        ),
        prints_number(
            MEDIUM,
            """
            count = 0
            for i in range(1, 11):
                if i % 3 == 0:
                    count += 1
            print(count)
            """,
            3,
            "3, 6 and 9 are divisible by 3.",
        ),
        prints(
            HARD,
            """
            for i in range(5):
                if i == 3:
                    break
                print(i, end=" ")
            else:
                print("done")
            """,
            "0 1 2",
            ["0 1 2 done", "0 1 2 3", "0 1 2 4 done"],
            "break ends the loop at 3, and the else of a loop is left out when the loop was broken off.",
        ),
    ]


def _functions() -> list[Question]:
    return [
        prints_number(
            EASY,
            """
            def area(width, height=2):
                return width * height

            print(area(5))
            """,
            10,
            "The height is not given, so it is 2.",
        ),
        prints(
            HARD,
            """
            def add(item, bag=[]):
                bag.append(item)
                return len(bag)

            add("a")
            print(add("b"))
            """,
            "2",
            ["1", "0", "an error message"],
            "The default list is made once, when the function is defined, and kept between the calls.",
        ),
        prints(
            MEDIUM,
            """
            def change(x):
                x = x + 1

            x = 5
            change(x)
            print(x)
            """,
            "5",
            ["6", "None", "1"],
            "The x inside the function is another variable; changing it leaves the outer one as it was.",
        ),
    ]


def _recursion() -> list[Question]:
    return [
        prints_number(
            HARD,
            """
            pairs = 0
            for i in range(5):
                for j in range(i):
                    pairs += 1
            print(pairs)
            """,
            10,
            "The inner loop runs 0, 1, 2, 3 and 4 times: ten pairs.",
        ),
        prints_number(
            HARD,
            """
            def f(n):
                if n <= 1:
                    return 1
                return n * f(n - 1)

            print(f(5))
            """,
            120,
            "f is the factorial: 5 · 4 · 3 · 2 · 1 = 120.",
        ),
    ]


def _costs() -> list[Question]:
    return [
        match(
            HARD,
            "Match each task on n items with how its time grows.",
            [
                ("look at every item once", "O(n)"),
                ("compare every item with every other", "O(n²)"),
                ("binary search in a sorted list", "O(log n)"),
                ("read the first item", "O(1)"),
            ],
            "Each step of a binary search halves what is left; all pairs of n items are about n²/2.",
            extra=["O(2ⁿ)"],
        ),
        number(
            MEDIUM,
            "At most how many comparisons does a binary search need in a sorted list of 1000 items?",
            10,
            r"\(2^{10} = 1024\), so ten halvings are enough.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "A function without <code>return</code> returns <code>None</code>.",
            True,
            "Every call has a value; without <code>return</code> it is <code>None</code>.",
        ),
        claim(
            MEDIUM,
            "<code>while True:</code> can never end.",
            False,
            "A <code>break</code>, a <code>return</code> or an error ends it.",
        ),
    ]


def _words() -> list[Question]:
    return [
        some_of(
            EASY,
            "Which of these words leave the body of a loop before its end?",
            ["<code>break</code>", "<code>continue</code>"],
            ["<code>pass</code>", "<code>else</code>"],
            "break leaves the whole loop, continue goes on with its next round; pass does nothing.",
        ),
        word(
            EASY,
            "With which word must the blank be filled so that the function gives its result back?"
            + shown("def double(x):\n    ____ 2 * x"),
            ["return"],
            "<code>return</code> gives the value back to the caller.",
        ),
    ]
