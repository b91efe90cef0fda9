"""Atoms, ions, the periodic table and bonds."""

import math
import random

from apps.exams.demo.drawing import BLUE, GREY, RED, Card
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "Atoms and bonds"

ELEMENTS = [
    ("carbon", "C", 6),
    ("nitrogen", "N", 7),
    ("oxygen", "O", 8),
    ("sodium", "Na", 11),
    ("magnesium", "Mg", 12),
    ("aluminium", "Al", 13),
    ("sulfur", "S", 16),
    ("chlorine", "Cl", 17),
    ("potassium", "K", 19),
    ("calcium", "Ca", 20),
    ("iron", "Fe", 26),
    ("copper", "Cu", 29),
]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    chosen = rng.sample(ELEMENTS, 6)
    return [
        *[_symbol(rng, element) for element in chosen[:2]],
        *[_neutrons(element, mass) for element, mass in ((ELEMENTS[7], 37), (ELEMENTS[10], 56))],
        _symbols_to_match(rng),
        *_ions(),
        *_shells(),
        *_table(),
        *_bonds(),
        *_claims(),
        *_words(),
    ]


def _symbol(rng: random.Random, element: tuple[str, str, int]) -> Question:
    name, symbol, protons = element
    return one_of(
        EASY,
        f"What is the chemical symbol of {name}?",
        symbol,
        [other[1] for other in others(rng, element, ELEMENTS, 3)],
        f"{name.capitalize()} is {symbol}, the element with {protons} protons.",
    )


def _neutrons(element: tuple[str, str, int], mass: int) -> Question:
    name, symbol, protons = element
    return number(
        EASY,
        fill(
            r"How many neutrons has an atom of \(^{$mass}_{$protons}\text{$symbol}\)?",
            mass=mass,
            protons=protons,
            symbol=symbol,
        ),
        mass - protons,
        f"The upper number counts protons and neutrons, the lower one the protons of {name}: "
        f"{mass} − {protons} = {mass - protons}.",
    )


def _symbols_to_match(rng: random.Random) -> Question:
    rows = rng.sample([row for row in ELEMENTS if row[0][0].upper() != row[1]] + ELEMENTS[:2], 5)
    return match(
        EASY,
        "Match each element with its symbol.",
        [(name, symbol) for name, symbol, _protons in rows[:4]],
        "Sodium and potassium have their symbols from their Latin names natrium and kalium, iron and copper from "
        "ferrum "
        "and cuprum.",
        extra=[rows[4][1]],
    )


def _ions() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "Which ion does magnesium form in its compounds?",
            "Mg<sup>2+</sup>",
            ["Mg<sup>+</sup>", "Mg<sup>2−</sup>", "Mg<sup>3+</sup>"],
            "Magnesium has two electrons in its outer shell and gives both away.",
        ),
        number(
            MEDIUM,
            "How many electrons has the ion Al<sup>3+</sup>? Aluminium has the atomic number 13.",
            10,
            "The neutral atom has 13 electrons; the charge 3+ says that three are missing.",
        ),
        one_of(
            HARD,
            "What is the formula of the compound of aluminium and oxygen?",
            "Al<sub>2</sub>O<sub>3</sub>",
            ["AlO", "Al<sub>3</sub>O<sub>2</sub>", "AlO<sub>2</sub>"],
            "Al<sup>3+</sup> and O<sup>2−</sup> balance as two to three: 2 · 3 = 3 · 2.",
        ),
    ]


def _atom_card(shells: list[int]) -> Card:
    card = Card(width=400, height=340)
    center = (200.0, 170.0)
    card.circle(center, 20, fill=RED, color=RED)
    card.text(center, "+", color="#ffffff", size=24)
    for place, count in enumerate(shells):
        radius = 52 + 44 * place
        card.circle(center, radius, color=GREY)
        for electron in range(count):
            angle = 2 * math.pi * electron / count - math.pi / 2
            card.circle(
                (center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)), 7, fill=BLUE, color=BLUE
            )
    return card


def _shells() -> list[Question]:
    return [
        one_of(
            EASY,
            "Which neutral atom does this shell model show?",
            "oxygen",
            ["carbon", "nitrogen", "fluorine"],
            "It has 2 + 6 = 8 electrons, so 8 protons: oxygen.",
        ).showing("A nucleus with 2 electrons on the first shell and 6 on the second.", lambda: _atom_card([2, 6])),
        number(
            EASY,
            "The picture shows the shells of a neutral atom. What is its atomic number?",
            11,
            "2 + 8 + 1 = 11 electrons, so 11 protons: sodium.",
        ).showing(
            "A nucleus with 2 electrons on the first shell, 8 on the second and 1 on the third.",
            lambda: _atom_card([2, 8, 1]),
        ),
        some_of(
            MEDIUM,
            "The picture shows the shells of a neutral atom. Which statements are true?",
            ["It is chlorine.", "It easily takes up one electron.", "It stands in group 17 of the periodic table."],
            ["It is a noble gas.", "It easily gives away one electron."],
            "2 + 8 + 7 = 17 electrons: chlorine, a halogen. One electron is missing for a full outer shell of eight.",
        ).showing(
            "A nucleus with 2 electrons on the first shell, 8 on the second and 7 on the third.",
            lambda: _atom_card([2, 8, 7]),
        ),
    ]


def _table() -> list[Question]:
    return [
        match(
            MEDIUM,
            "Match each element with its group.",
            [
                ("sodium", "alkali metals"),
                ("chlorine", "halogens"),
                ("argon", "noble gases"),
                ("calcium", "alkaline earth metals"),
            ],
            "The groups are the columns 1, 17, 18 and 2 of the periodic table.",
            extra=["transition metals"],
        ),
        one_of(
            HARD,
            "Which of these atoms has the largest radius?",
            "potassium",
            ["sodium", "lithium", "chlorine"],
            "Down a group a shell is added: potassium has four, sodium and chlorine three, lithium two.",
        ),
    ]


def _bonds() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "Which of these substances are held together by ionic bonds?",
            ["NaCl", "MgO", "CaCl<sub>2</sub>"],
            ["CO<sub>2</sub>", "H<sub>2</sub>O", "CH<sub>4</sub>"],
            "A metal and a non-metal form ions; non-metals among themselves share electrons.",
        ),
        number(
            MEDIUM,
            "How many electrons do the two nitrogen atoms of N<sub>2</sub> share?",
            6,
            "Each nitrogen atom needs three more electrons, so they share three pairs: a triple bond.",
        ),
        one_of(
            HARD,
            "What is the shape of the methane molecule, CH<sub>4</sub>?",
            "tetrahedral",
            ["flat square", "linear", "pyramid with three sides"],
            "Four pairs of electrons keep as far apart as they can: towards the corners of a tetrahedron.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "Isotopes of an element differ in the number of their neutrons.",
            True,
            "They have the same number of protons, which makes the element, and different numbers of neutrons.",
        ),
        claim(
            MEDIUM,
            "Nearly all the mass of an atom is in its electrons.",
            False,
            "An electron has about 1/1836 of the mass of a proton; the mass is in the nucleus.",
        ),
    ]


def _words() -> list[Question]:
    return [
        number(
            HARD,
            "Chlorine is 76 % of mass 35 and 24 % of mass 37. What is the mean mass of its atoms, in atomic mass "
            "units?",
            "35.48",
            r"\(0.76 \cdot 35 + 0.24 \cdot 37 = 35.48\).",
            within="0.02",
            unit="u",
        ),
        word(
            EASY,
            "What are the particles in the nucleus of an atom called that carry no charge?",
            ["neutrons", "neutron", "the neutrons"],
            "Protons carry a positive charge, neutrons none.",
        ),
    ]
