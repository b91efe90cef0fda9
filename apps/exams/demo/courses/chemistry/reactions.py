"""Reactions: balancing, oxidation, rates, energy."""

import random

from apps.exams.demo.drawing import BLUE, GREEN, RED, Card, Plot, smooth
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

from .elements import written

TITLE = "Chemical reactions"

Side = list[tuple[int, str]]

BALANCED: list[tuple[Side, Side]] = [
    ([(4, "Fe"), (3, "O2")], [(2, "Fe2O3")]),
    ([(1, "N2"), (3, "H2")], [(2, "NH3")]),
    ([(2, "Al"), (3, "Cl2")], [(2, "AlCl3")]),
    ([(1, "C3H8"), (5, "O2")], [(3, "CO2"), (4, "H2O")]),
    ([(2, "C2H6"), (7, "O2")], [(4, "CO2"), (6, "H2O")]),
    ([(4, "NH3"), (5, "O2")], [(4, "NO"), (6, "H2O")]),
    ([(1, "Fe2O3"), (3, "CO")], [(2, "Fe"), (3, "CO2")]),
]
"""Reactions with their numbers; a test counts the atoms on both sides."""


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    rows = rng.sample(BALANCED, 5)
    return [
        *[_missing_number(rng, row) for row in rows[:3]],
        *[_all_numbers(row) for row in rows[3:5]],
        _which_are_balanced(),
        *_oxidation(),
        *_kinds(),
        *_energy(),
        *_rates(),
        *_equilibrium(),
        *_claims(),
        *_words(),
    ]


def _side(side: Side, hidden: int | None = None) -> str:
    shown = []
    for place, (count, formula) in enumerate(side):
        front = "<em>x</em> " if place == hidden else (f"{count} " if count > 1 else "")
        shown.append(f"{front}{written(formula)}")
    return " + ".join(shown)


def _missing_number(rng: random.Random, row: tuple[Side, Side]) -> Question:
    left, right = row
    place = rng.randrange(len(left))
    count, formula = left[place]
    return number(
        MEDIUM,
        f"Which number must stand in the place of <em>x</em>? {_side(left, place)} → {_side(right)}",
        count,
        f"Count the atoms on both sides: {_side(left)} → {_side(right)}, so {written(formula)} comes {count} times.",
    )


def _all_numbers(row: tuple[Side, Side]) -> Question:
    left, right = row
    numbers = [count for count, _formula in (*left, *right)]

    def listed(counts: list[int]) -> str:
        return " : ".join(str(count) for count in counts)

    plain = " + ".join(written(formula) for _count, formula in left)
    plain_right = " + ".join(written(formula) for _count, formula in right)
    return one_of(
        HARD,
        f"Balance {plain} → {plain_right}. What are the smallest whole numbers, in the order of the substances?",
        listed(numbers),
        [
            listed([1] * len(numbers)),
            listed([numbers[0], *[count + 1 for count in numbers[1:]]]),
            listed(list(reversed(numbers))),
            listed([numbers[0] + 1, *numbers[1:]]),
        ],
        f"{_side(left)} → {_side(right)}: every element has as many atoms on the right as on the left.",
    )


def _which_are_balanced() -> Question:
    return some_of(
        MEDIUM,
        "Which of these equations are balanced?",
        [
            "2 Mg + O<sub>2</sub> → 2 MgO",
            "CaCO<sub>3</sub> → CaO + CO<sub>2</sub>",
            "Zn + 2 HCl → ZnCl<sub>2</sub> + H<sub>2</sub>",
        ],
        ["H<sub>2</sub> + O<sub>2</sub> → H<sub>2</sub>O", "Na + Cl<sub>2</sub> → NaCl"],
        "In the other two an atom of oxygen or chlorine is lost: 2 H<sub>2</sub> + O<sub>2</sub> → 2 H<sub>2</sub>O "
        "and "
        "2 Na + Cl<sub>2</sub> → 2 NaCl would be right.",
    )


def _oxidation() -> list[Question]:
    return [
        number(
            MEDIUM,
            "What is the oxidation number of sulfur in H<sub>2</sub>SO<sub>4</sub>?",
            6,
            "Hydrogen is +1 and oxygen −2: 2 · (+1) + S + 4 · (−2) = 0 gives S = +6.",
        ),
        one_of(
            MEDIUM,
            "Zn + Cu<sup>2+</sup> → Zn<sup>2+</sup> + Cu. What is oxidised?",
            "zinc",
            ["the copper ion", "both", "neither"],
            "Oxidation is the loss of electrons: zinc gives two electrons to the copper ion, which is reduced.",
        ),
        match(
            HARD,
            "Match each compound with the oxidation number of its nitrogen.",
            [("NH<sub>3</sub>", "−3"), ("N<sub>2</sub>", "0"), ("NO", "+2"), ("HNO<sub>3</sub>", "+5")],
            "Hydrogen counts +1, oxygen −2, and the sum over a neutral molecule is zero.",
            extra=["+4"],
        ),
    ]


def _kinds() -> list[Question]:
    return [
        match(
            EASY,
            "Match each reaction with its kind.",
            [
                ("2 H<sub>2</sub>O → 2 H<sub>2</sub> + O<sub>2</sub>", "decomposition"),
                ("2 Mg + O<sub>2</sub> → 2 MgO", "synthesis"),
                ("HCl + NaOH → NaCl + H<sub>2</sub>O", "neutralisation"),
                ("CH<sub>4</sub> + 2 O<sub>2</sub> → CO<sub>2</sub> + 2 H<sub>2</sub>O", "combustion of a fuel"),
            ],
            "One substance into several, several into one, an acid with a base, and a fuel with oxygen.",
            extra=["precipitation"],
        ),
        one_of(
            EASY,
            "Which of these is a chemical reaction?",
            "Iron rusts.",
            ["Ice melts.", "Sugar dissolves in tea.", "Water boils."],
            "Rust is a new substance; melting, dissolving and boiling leave the molecules as they are.",
        ),
    ]


def _energy_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 10), y=(0, 100), step=(20, 20), names=("", "E (kJ)"))
    plot.path([(0.5, 60), *smooth([(3, 60), (5, 90), (7, 20)]), (9.5, 20)])
    card.dashed(plot.at(3, 60), plot.at(9.5, 60))
    card.arrow(plot.at(5, 60), plot.at(5, 88), color=RED, width=2)
    card.arrow(plot.at(8.4, 60), plot.at(8.4, 22), color=GREEN, width=2)
    card.text(plot.at(4.6, 72), "A", color=RED)
    card.text(plot.at(8.8, 42), "B", color=GREEN)
    card.text(plot.at(1.7, 68), "1", color=BLUE)
    card.text(plot.at(8, 12), "2", color=BLUE)
    return card


ENERGY_IN_WORDS = (
    "An energy diagram: level 1 at 60 kJ, a hill up to 90 kJ, level 2 at 20 kJ. Arrow A goes from 60 up to 90, "
    "arrow B from 60 down to 20."
)


def _energy() -> list[Question]:
    return [
        match(
            EASY,
            "Match the marks in the energy diagram with what they are.",
            [("1", "reactants"), ("2", "products"), ("A", "activation energy"), ("B", "energy set free")],
            "The reaction goes from the left to the right over a hill; the products lie lower, so energy is set free.",
            extra=["catalyst"],
        ).showing(ENERGY_IN_WORDS, _energy_card),
        number(
            MEDIUM,
            "How large is the activation energy in the diagram?",
            30,
            "From 60 kJ to the top at 90 kJ: 30 kJ.",
            within=1,
            unit="kJ",
        ).showing(ENERGY_IN_WORDS, _energy_card),
    ]


def _rates() -> list[Question]:
    return [
        some_of(
            EASY,
            "What usually makes a reaction faster?",
            ["a higher temperature", "a catalyst", "grinding a solid to powder"],
            ["cooling", "a lower concentration"],
            "More and harder collisions, or an easier path, make a reaction faster.",
        ),
    ]


def _equilibrium() -> list[Question]:
    return [
        one_of(
            HARD,
            "N<sub>2</sub> + 3 H<sub>2</sub> ⇌ 2 NH<sub>3</sub> sets heat free. What gives more ammonia at "
            "equilibrium?",
            "a higher pressure",
            ["a higher temperature", "a catalyst", "taking hydrogen away"],
            "Four molecules become two, so pressure helps. Heat drives it back, and a catalyst only makes both ways "
            "faster.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "A catalyst is used up in the reaction that it makes faster.",
            False,
            "It takes part but comes out unchanged, so a little of it goes a long way.",
        ),
        claim(
            MEDIUM,
            "At chemical equilibrium both reactions, forward and back, have stopped.",
            False,
            "Both go on, equally fast, so that nothing seems to change.",
        ),
    ]


def _words() -> list[Question]:
    return [
        number(
            HARD,
            "A reaction doubles its rate with every 10 °C. How many times as fast is it at 60 °C as at 20 °C?",
            16,
            r"Four steps of 10 °C: \(2^4 = 16\).",
        ),
        word(
            EASY,
            "What is a substance called that makes a reaction faster without being used up?",
            ["catalyst", "a catalyst"],
            "A catalyst opens an easier path with a lower activation energy.",
        ),
        word(
            EASY,
            "What is a reaction called that gives off heat?",
            ["exothermic", "exothermic reaction", "an exothermic reaction"],
            "Exothermic reactions set heat free, endothermic ones take it up.",
        ),
    ]
