"""The mole: molar masses, amounts, concentrations, yields."""

import random
from decimal import Decimal

from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

from .elements import molar_mass, written

TITLE = "Moles and masses"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    formulas = rng.sample(["CO2", "CaCO3", "NaOH", "H2SO4", "KCl", "MgO"], 6)
    return [
        *[_molar_mass(formula) for formula in formulas[:3]],
        *[_amount(rng, formula) for formula in formulas[3:5]],
        *[_mass(rng, formula) for formula in formulas[4:6]],
        _masses_to_match(),
        *_particles(),
        *_solutions(),
        *_reactions(),
        *_shares(),
        *_claims(),
        *_words(),
    ]


def _molar_mass(formula: str) -> Question:
    value = molar_mass(formula)
    return number(
        EASY,
        f"What is the molar mass of {written(formula)}?",
        value,
        f"Add the atomic weights of all atoms in {written(formula)}: {value} g/mol.",
        within="0.3",
        unit="g/mol",
    )


def _amount(rng: random.Random, formula: str) -> Question:
    moles = rng.choice([Decimal("0.5"), Decimal(2), Decimal("0.25")])
    grams = (molar_mass(formula) * moles).quantize(Decimal("0.1"))

    def mol(value: Decimal) -> str:
        return f"{value.normalize():f} mol"

    return one_of(
        MEDIUM,
        fill(
            "How many moles are $grams g of $formula? Its molar mass is $mass g/mol.",
            grams=str(grams),
            formula=written(formula),
            mass=str(molar_mass(formula)),
        ),
        mol(moles),
        [mol(moles * 2), mol(moles / 2), mol(moles * 10), mol(1 / moles)],
        fill(
            r"\(n = \frac{m}{M} = \frac{$grams}{$mass} \approx $moles\ \text{mol}\).",
            grams=str(grams),
            mass=str(molar_mass(formula)),
            moles=f"{moles.normalize():f}",
        ),
    )


def _mass(rng: random.Random, formula: str) -> Question:
    moles = rng.choice([Decimal(3), Decimal("0.2"), Decimal("1.5")])
    grams = molar_mass(formula) * moles
    return number(
        MEDIUM,
        f"What is the mass of {moles} mol of {written(formula)}? Its molar mass is {molar_mass(formula)} g/mol.",
        grams,
        fill(
            r"\(m = nM = $moles \cdot $mass = $grams\ \text{g}\).",
            moles=str(moles),
            mass=str(molar_mass(formula)),
            grams=f"{grams.normalize():f}",
        ),
        within=Decimal("0.01") * grams,
        unit="g",
    ).or_in("kg", 1000)


def _masses_to_match() -> Question:
    pairs = [(written(formula), f"{molar_mass(formula):.1f} g/mol") for formula in ("H2O", "NH3", "CH4", "O2")]
    return match(
        EASY,
        "Match each gas or vapour with its molar mass.",
        pairs,
        "H is about 1, C 12, N 14 and O 16 g/mol: H<sub>2</sub>O is 18, NH<sub>3</sub> 17, CH<sub>4</sub> 16, "
        "O<sub>2</sub> 32.",
        extra=["28.0 g/mol"],
    )


def _particles() -> list[Question]:
    return [
        one_of(
            EASY,
            "How many particles are in one mole?",
            r"\(6.022 \cdot 10^{23}\)",
            [r"\(6.022 \cdot 10^{-23}\)", r"\(6.022 \cdot 10^{20}\)", r"\(22.4 \cdot 10^{3}\)"],
            "That many, the Avogadro number, is what defines the mole.",
        ),
        number(
            MEDIUM,
            "How many moles of hydrogen <strong>atoms</strong> are in 2.5 mol of H<sub>2</sub>O?",
            5,
            "Each molecule has two hydrogen atoms: 2.5 · 2 = 5.",
            within="0.01",
            unit="mol",
        ),
        one_of(
            HARD,
            "Which of these samples has the most molecules?",
            "10 g of H<sub>2</sub>",
            ["10 g of O<sub>2</sub>", "10 g of CO<sub>2</sub>", "10 g of N<sub>2</sub>"],
            "The lightest molecule needs the most particles for the same mass: 10 g of H<sub>2</sub> are about 5 mol.",
        ),
    ]


def _solutions() -> list[Question]:
    return [
        number(
            MEDIUM,
            "0.5 mol of salt are dissolved to make 2 litres of solution. What is the concentration?",
            "0.25",
            r"\(c = \frac{n}{V} = \frac{0.5}{2} = 0.25\ \text{mol/L}\).",
            within="0.005",
            unit="mol/L",
        ),
        number(
            HARD,
            "100 mL of a solution of 2 mol/L are diluted with water to 500 mL. What is the new concentration?",
            "0.4",
            r"\(c_2 = \frac{c_1 V_1}{V_2} = \frac{2 \cdot 100}{500} = 0.4\ \text{mol/L}\).",
            within="0.005",
            unit="mol/L",
        ),
        some_of(
            MEDIUM,
            "Which of these solutions have a concentration of 1 mol/L?",
            ["1 mol in 1 L", "0.5 mol in 500 mL", "0.1 mol in 100 mL"],
            ["1 mol in 500 mL", "2 mol in 1 L"],
            "Divide the amount by the volume in litres.",
        ),
    ]


def _reactions() -> list[Question]:
    return [
        number(
            HARD,
            "Methane burns: CH<sub>4</sub> + 2 O<sub>2</sub> → CO<sub>2</sub> + 2 H<sub>2</sub>O. "
            "How many grams of water come from 16 g of methane?",
            36,
            "16 g of methane are 1 mol and give 2 mol of water: 2 · 18 = 36 g.",
            within="0.3",
            unit="g",
        ),
        one_of(
            HARD,
            "2 H<sub>2</sub> + O<sub>2</sub> → 2 H<sub>2</sub>O. Of 3 mol of H<sub>2</sub> and 2 mol of O<sub>2</sub>, "
            "what is left over?",
            "0.5 mol of O<sub>2</sub>",
            ["1 mol of H<sub>2</sub>", "1 mol of O<sub>2</sub>", "nothing"],
            "3 mol of H<sub>2</sub> use up 1.5 mol of O<sub>2</sub>; 2 − 1.5 = 0.5 mol remain.",
        ),
    ]


def _shares() -> list[Question]:
    share = (100 * 2 * Decimal("1.008") / molar_mass("H2O")).quantize(Decimal("0.1"))
    return [
        number(
            MEDIUM,
            "What share of the mass of water is hydrogen, in per cent?",
            share,
            fill(r"\(\frac{2 \cdot 1.008}{18.015} \approx $share\ \%\).", share=str(share)),
            within="0.3",
            unit="%",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "One mole of iron and one mole of carbon have the same mass.",
            False,
            "They have the same number of atoms, but an atom of iron is more than four times as heavy.",
        ),
        claim(
            EASY,
            "In a chemical reaction in a closed vessel the total mass stays the same.",
            True,
            "Atoms are only arranged anew; none are lost.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            MEDIUM,
            "What is the reactant called that is used up first and so decides how much product there is?",
            ["limiting reactant", "limiting reagent", "the limiting reactant", "the limiting reagent"],
            "The limiting reactant ends the reaction; the other one is in excess.",
        ),
    ]
