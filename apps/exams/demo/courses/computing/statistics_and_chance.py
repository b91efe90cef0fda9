"""Descriptive statistics and chance."""

import random
from decimal import Decimal
from fractions import Fraction
from statistics import median

from apps.exams.demo.drawing import AMBER, BLUE, GREEN, INK, TINT, Card, Plot
from apps.exams.demo.notation import fill, fraction, inline
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Statistics and chance"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_mean(rng) for _ in range(2)],
        *[_median(rng, size) for size in (5, 6)],
        _range_of(rng),
        *_spread(),
        *_histogram(),
        *_boxes(),
        *_scatter(),
        *[_urn(rng, red) for red in rng.sample([2, 3, 5], 2)],
        *_chance(),
        *_kinds(),
        *_claims(),
        *_words(),
    ]


def _listed(values: list[int]) -> str:
    return ", ".join(str(value) for value in values)


def _mean(rng: random.Random) -> Question:
    values = [rng.randint(2, 19) for _ in range(4)]
    values.append(-sum(values) % 5 + 5 * rng.randint(1, 3))
    return number(
        EASY,
        f"What is the mean of {_listed(values)}?",
        sum(values) // 5,
        f"The sum is {sum(values)}, and there are 5 values: {sum(values)} / 5 = {sum(values) // 5}.",
        within="0.01",
    )


def _median(rng: random.Random, size: int) -> Question:
    values = rng.sample(range(3, 40), size)
    value = Fraction(median([Fraction(x) for x in values]))

    def written(result: Fraction | int) -> str:
        return f"{float(result):g}"

    by_place = values[size // 2]
    return one_of(
        EASY if size % 2 else MEDIUM,
        f"What is the median of {_listed(values)}?",
        written(value),
        [
            written(by_place),
            written(sorted(values)[size // 2 - 2]),
            written(max(values)),
            f"{sum(values) / size:.3g}",
            written(min(values)),
        ],
        f"In order: {_listed(sorted(values))}. "
        + ("The middle one is the median." if size % 2 else "The median is halfway between the two in the middle."),
    )


def _range_of(rng: random.Random) -> Question:
    values = rng.sample(range(-10, 30), 6)
    return number(
        EASY,
        f"What is the range of the temperatures {_listed(values).replace('-', '−')} (in °C)?",
        max(values) - min(values),
        f"The largest less the smallest: {max(values)} − ({min(values)}) = {max(values) - min(values)}.".replace(
            "-", "−"
        ),
        unit="°C",
    )


def _spread() -> list[Question]:
    return [
        number(
            HARD,
            "What is the standard deviation of the whole population 2, 4, 4, 4, 5, 5, 7, 9?",
            2,
            r"The mean is 5; the squared differences 9, 1, 1, 1, 0, 0, 4, 16 have the mean 4, and \(\sqrt{4} = 2\).",
            within="0.01",
        ),
        one_of(
            MEDIUM,
            "Everybody’s pay rises by 100 euros. What happens to mean and standard deviation?",
            "The mean rises by 100; the standard deviation stays the same.",
            [
                "Both rise by 100.",
                "Both stay the same.",
                "The mean stays the same; the standard deviation rises by 100.",
            ],
            "All values move together, so their distances from the mean do not change.",
        ),
    ]


COUNTS = [2, 5, 8, 6, 3, 1]


def _histogram_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 70), y=(0, 9), step=(10, 1), names=("points", "students"))
    for place, count in enumerate(COUNTS):
        left, right = 10 * place, 10 * (place + 1)
        corners = [plot.at(left, 0), plot.at(right, 0), plot.at(right, count), plot.at(left, count)]
        card.area(corners, fill=TINT, color=BLUE)
    return card


HISTOGRAM_IN_WORDS = "A histogram of points in steps of ten from 0 to 60; the columns are 2, 5, 8, 6, 3 and 1 "
"students high."


def _histogram() -> list[Question]:
    return [
        number(
            EASY,
            "The histogram shows the points of a class in a test. How many students took it?",
            sum(COUNTS),
            "Add the heights of all columns: 2 + 5 + 8 + 6 + 3 + 1 = 25.",
        ).showing(HISTOGRAM_IN_WORDS, _histogram_card),
        number(
            MEDIUM,
            "The histogram shows the points of a class in a test. What share of the students had 40 points or more, "
            "in per cent?",
            16,
            "3 + 1 = 4 of 25 students: 16 %.",
            within="0.1",
            unit="%",
        ).showing(HISTOGRAM_IN_WORDS, _histogram_card),
    ]


def _box_card() -> Card:
    card = Card(height=240)
    plot = Plot(card, x=(0, 100), y=(0, 3), step=(10, 9), names=("", ""))
    for height, (low, first, middle, third, high), color in (
        (2, (20, 40, 50, 60, 90), BLUE),
        (1, (35, 55, 65, 80, 95), GREEN),
    ):
        card.line([plot.at(low, height), plot.at(first, height)], color=color)
        card.line([plot.at(third, height), plot.at(high, height)], color=color)
        box = [plot.at(first, height - 0.3), plot.at(third, height - 0.3), plot.at(third, height + 0.3)]
        card.area([*box, plot.at(first, height + 0.3)], fill=TINT, color=color)
        card.line([plot.at(middle, height - 0.3), plot.at(middle, height + 0.3)], color=color, width=4)
        for end in (low, high):
            card.line([plot.at(end, height - 0.15), plot.at(end, height + 0.15)], color=color)
    card.text(plot.at(8, 2), "A", color=BLUE)
    card.text(plot.at(8, 1), "B", color=GREEN)
    return card


BOXES_IN_WORDS = (
    "Two box plots over a scale from 0 to 100. A: whiskers from 20 to 90, box from 40 to 60, median 50. "
    "B: whiskers from 35 to 95, box from 55 to 80, median 65."
)


def _boxes() -> list[Question]:
    return [
        number(
            MEDIUM,
            "What is the interquartile range of class A?",
            20,
            "The box goes from the first quartile, 40, to the third, 60.",
            within=1,
        ).showing(BOXES_IN_WORDS, _box_card),
        some_of(
            HARD,
            "The box plots show the points of two classes. Which statements are certainly true?",
            ["The median of B is higher than that of A.", "At least half of class B has 65 points or more."],
            [
                "The mean of A is 50.",
                "Every student of B has more points than every student of A.",
                "Class B has more students.",
            ],
            "A box plot shows quartiles only: neither the mean nor the number of students can be read from it.",
        ).showing(BOXES_IN_WORDS, _box_card),
    ]


def _scatter_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 10), y=(0, 10), names=("hours", "mark"))
    for x, y in (
        (1, 2),
        (1.5, 3),
        (2, 2.6),
        (3, 4.2),
        (3.6, 3.7),
        (4.5, 5),
        (5, 5.8),
        (6, 5.6),
        (7, 7.4),
        (8, 7.2),
        (9, 8.8),
    ):
        plot.dot(x, y, color=AMBER)
    card.line([plot.at(0.5, 1.9), plot.at(9.5, 8.9)], color=INK, width=1.5)
    return card


def _scatter() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "Which correlation coefficient fits the picture best?",
            r"\(r = 0.97\)",
            [r"\(r = -0.97\)", r"\(r = 0.10\)", r"\(r = 1.60\)"],
            "The points rise close to a straight line: nearly 1. A coefficient is never above 1.",
        ).showing("Points that rise from the lower left to the upper right, close to a straight line.", _scatter_card),
    ]


def _urn(rng: random.Random, red: int) -> Question:
    white = rng.choice([4, 6, 7])
    both = Fraction(red, red + white) * Fraction(red - 1, red + white - 1)
    wrong = [
        Fraction(red, red + white) ** 2,
        Fraction(red, red + white),
        Fraction(2 * red, red + white),
        Fraction(red - 1, red + white - 1),
    ]
    return one_of(
        HARD,
        f"A bag holds {red} red and {white} white balls. Two are drawn one after the other, and none is put back. "
        "How likely is it that both are red?",
        inline(fraction(both)),
        [inline(fraction(value)) for value in wrong],
        fill(
            r"\(\frac{$r}{$all} \cdot \frac{$less}{$rest} = $both\): after the first one there is one red ball less.",
            r=red,
            all=red + white,
            less=red - 1,
            rest=red + white - 1,
            both=both,
        ),
    )


def _chance() -> list[Question]:
    return [
        number(
            MEDIUM,
            "Two fair dice are thrown. How likely is the sum 7, in per cent? Round to one decimal.",
            Decimal("16.7"),
            r"Six of 36 pairs: (1, 6), (2, 5), (3, 4) and their mirror images; \(\frac{6}{36} \approx 16.7\ \%\).",
            within="0.2",
            unit="%",
        ),
        number(
            EASY,
            "A fair die is thrown. How likely is a number greater than 4, in per cent? Round to one decimal.",
            Decimal("33.3"),
            r"Two of six: \(\frac{2}{6} \approx 33.3\ \%\).",
            within="0.4",
            unit="%",
        ),
    ]


def _kinds() -> list[Question]:
    return [
        match(
            EASY,
            "Match each number with what it says about data.",
            [
                ("mode", "the most frequent value"),
                ("median", "half are below, half above"),
                ("mean", "sum divided by count"),
                ("standard deviation", "how far values lie from the mean"),
            ],
            "The first three are measures of the middle, the last one of spread.",
            extra=["largest less smallest value"],
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "One very large value changes the mean more than the median.",
            True,
            "The median only asks which value is in the middle; house prices are told by the median for that reason.",
        ),
        claim(
            HARD,
            "If two quantities are correlated, one of them is the cause of the other.",
            False,
            "Both may have a third cause: ice cream and sunburn both come with the summer.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            "What is the value called that occurs most often?",
            ["mode", "the mode"],
            "The most frequent value is the mode.",
        ),
    ]
