"""Acids and bases: pH, neutralisation, indicators, titration."""

import math
import random

from apps.exams.demo.drawing import GREY, Card, Plot
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Acids and bases"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_ph_of_acid(power) for power in rng.sample([1, 2, 3, 4, 5], 2)],
        *[_ph_of_base(power) for power in rng.sample([1, 2, 3, 4], 2)],
        *[_concentration(ph) for ph in rng.sample([2, 3, 5, 6], 2)],
        *_everyday(),
        *_neutralisation(),
        *_titration(),
        *_pairs(),
        *_strength(),
        *_claims(),
        *_words(),
    ]


def _ph_of_acid(power: int) -> Question:
    return number(
        EASY,
        fill(r"What is the pH of a solution of hydrochloric acid, a strong acid, of \(10^{-$p}\) mol/L?", p=power),
        power,
        fill(r"All of it gives its proton away: \([\text{H}_3\text{O}^+] = 10^{-$p}\), so pH \(= $p\).", p=power),
        within="0.05",
    )


def _ph_of_base(power: int) -> Question:
    def ph(value: int) -> str:
        return str(value)

    return one_of(
        HARD,
        fill(r"What is the pH of a solution of sodium hydroxide of \(10^{-$p}\) mol/L at 25 °C?", p=power),
        ph(14 - power),
        [ph(power), ph(7 + power) if 7 + power != 14 - power else ph(13), ph(14 - 2 * power), ph(7), ph(14)],
        fill(r"pOH \(= $p\), and pH \(= 14 - $p = $ph\).", p=power, ph=14 - power),
    )


def _concentration(ph: int) -> Question:
    def mol(power: int) -> str:
        return fill(r"\(10^{$p}\) mol/L", p=power)

    return one_of(
        MEDIUM,
        f"What is the concentration of H<sub>3</sub>O<sup>+</sup> in a solution of pH {ph}?",
        mol(-ph),
        [mol(ph), mol(ph - 14), mol(-ph - 1), mol(-ph + 1)],
        fill(r"pH \(= -\log_{10}[\text{H}_3\text{O}^+]\), so \([\text{H}_3\text{O}^+] = 10^{-$ph}\) mol/L.", ph=ph),
    )


def _everyday() -> list[Question]:
    return [
        match(
            EASY,
            "Match each liquid with its usual pH.",
            [("lemon juice", "2"), ("pure water", "7"), ("soapy water", "10"), ("drain cleaner", "14")],
            "Acids are below 7, neutral water at 7, bases above.",
            extra=["5"],
        ),
        some_of(
            EASY,
            "Which of these are acidic?",
            ["vinegar", "lemon juice", "the juice in the stomach"],
            ["soapy water", "baking soda in water", "lime water"],
            "Vinegar holds acetic, lemon juice citric and the stomach hydrochloric acid.",
        ),
        one_of(
            EASY,
            "What colour has litmus in an acid?",
            "red",
            ["blue", "green", "none"],
            "Litmus is red in acids and blue in bases.",
        ),
    ]


def _neutralisation() -> list[Question]:
    return [
        one_of(
            EASY,
            "Which salt comes from sodium hydroxide and hydrochloric acid?",
            "NaCl",
            ["Na<sub>2</sub>SO<sub>4</sub>", "NaClO", "HCl"],
            "NaOH + HCl → NaCl + H<sub>2</sub>O.",
        ),
        number(
            MEDIUM,
            "How many millilitres of sodium hydroxide solution of 0.1 mol/L neutralise 20 mL of hydrochloric acid of "
            "0.25 mol/L?",
            50,
            "20 mL · 0.25 mol/L = 5 mmol of acid; 5 mmol / 0.1 mol/L = 50 mL.",
            within="0.5",
            unit="mL",
        ).or_in("L", 1000),
        number(
            HARD,
            "How many moles of sodium hydroxide neutralise 3 mol of sulfuric acid, H<sub>2</sub>SO<sub>4</sub>, "
            "completely?",
            6,
            "Each molecule of sulfuric acid gives two protons away: 3 · 2 = 6.",
            unit="mol",
        ),
    ]


def _titration_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 40), y=(0, 14), step=(5, 2), names=("mL", "pH"))
    plot.curve(lambda volume: 7 + 5 * math.tanh((volume - 20) / 1.6) + 0.03 * (volume - 20))
    card.dashed(plot.at(20, 0), plot.at(20, 7), color=GREY)
    plot.dot(20, 7)
    return card


TITRATION_IN_WORDS = (
    "A titration curve: pH about 1.5 at first, a steep rise at 20 mL with its middle marked at pH 7, and about 12.5 "
    "at the end."
)


def _titration() -> list[Question]:
    return [
        number(
            MEDIUM,
            "The picture shows the titration of 20 mL of hydrochloric acid with sodium hydroxide solution of 0.1 "
            "mol/L. "
            "What is the concentration of the acid?",
            "0.1",
            "The steep rise is at 20 mL: 20 mL of base of 0.1 mol/L neutralise 20 mL of acid, so it has 0.1 mol/L as "
            "well.",
            within="0.005",
            unit="mol/L",
        ).showing(TITRATION_IN_WORDS, _titration_card),
        one_of(
            HARD,
            "Which indicator fits the titration of the picture best?",
            "bromothymol blue, which changes between pH 6.0 and 7.6",
            [
                "thymol blue, which changes between pH 1.2 and 2.8",
                "alizarin yellow, which changes between pH 10.1 and 12.0",
                "litmus is not needed, as there is no change",
            ],
            "The indicator should change where the curve is steepest, here around pH 7.",
        ).showing(TITRATION_IN_WORDS, _titration_card),
    ]


def _pairs() -> list[Question]:
    return [
        match(
            HARD,
            "Match each acid with its conjugate base.",
            [
                ("HCl", "Cl<sup>−</sup>"),
                ("H<sub>2</sub>O", "OH<sup>−</sup>"),
                ("NH<sub>4</sub><sup>+</sup>", "NH<sub>3</sub>"),
                ("H<sub>2</sub>SO<sub>4</sub>", "HSO<sub>4</sub><sup>−</sup>"),
            ],
            "The conjugate base is what is left when the acid has given one proton away.",
            extra=["SO<sub>4</sub><sup>2−</sup>", "H<sub>3</sub>O<sup>+</sup>"],
        ),
    ]


def _strength() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "Which of these acids are strong, that is, give practically all their protons away in water?",
            ["HCl", "HNO<sub>3</sub>", "H<sub>2</sub>SO<sub>4</sub> (its first proton)"],
            ["CH<sub>3</sub>COOH (acetic acid)", "H<sub>2</sub>CO<sub>3</sub> (carbonic acid)"],
            "Acetic and carbonic acid are weak: most of their molecules keep their protons.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            MEDIUM,
            "A solution of pH 3 has ten times the concentration of H<sub>3</sub>O<sup>+</sup> of a solution of pH 4.",
            True,
            "One step of pH is a factor of ten, and a lower pH means more acidic.",
        ),
        claim(
            EASY,
            "Pure water conducts electricity as well as salt water.",
            False,
            r"Pure water has only \(10^{-7}\) mol/L of each ion; salt water has far more ions.",
        ),
        claim(
            MEDIUM,
            "Diluting an acid with water lowers its pH.",
            False,
            "It lowers the concentration of H<sub>3</sub>O<sup>+</sup>, so the pH rises towards 7.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            "What is the reaction of an acid with a base to salt and water called?",
            ["neutralisation", "neutralization", "a neutralisation", "a neutralization"],
            "It is a neutralisation.",
        ),
    ]
