"""Gas laws and temperature."""

import random
from fractions import Fraction

from apps.exams.demo.drawing import Card, Plot
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Gas laws"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_boyle(rng, volume) for volume in rng.sample([2, 3, 4, 6], 2)],
        *[_charles(volume) for volume in rng.sample([2, 3, 5], 2)],
        *[_kelvin(celsius) for celsius in rng.sample([-73, -23, 27, 77, 127], 3)],
        *_ideal_gas(),
        *_molar_volume(),
        *_graphs(),
        *_laws(),
        *_particles(),
        *_claims(),
        *_words(),
    ]


def _boyle(rng: random.Random, volume: int) -> Question:
    pressure, factor = rng.choice([100, 150, 200]), rng.choice([2, 3])
    return number(
        MEDIUM,
        fill(
            "A gas takes up $v L at $p kPa. It is pressed together to $small L at the same temperature. "
            "What is its pressure then?",
            v=volume * factor,
            p=pressure,
            small=volume,
        ),
        pressure * factor,
        fill(
            r"\(p_1 V_1 = p_2 V_2\), so \(p_2 = \frac{$p \cdot $v}{$small} = $result\ \text{kPa}\).",
            p=pressure,
            v=volume * factor,
            small=volume,
            result=pressure * factor,
        ),
        within=2,
        unit="kPa",
    ).or_in("bar", 100)


def _charles(volume: int) -> Question:
    def litres(value: Fraction | int) -> str:
        return f"{float(value):.3g} L"

    return one_of(
        MEDIUM,
        f"A gas takes up {volume} L at 300 K. It is heated to 450 K at the same pressure. What is its volume then?",
        litres(Fraction(3, 2) * volume),
        [
            litres(Fraction(2, 3) * volume),
            litres(volume + 150),
            litres(2 * volume),
            litres(volume),
        ],
        fill(
            r"\(\frac{V_1}{T_1} = \frac{V_2}{T_2}\), so \(V_2 = $v \cdot \frac{450}{300} = $result\ \text{L}\).",
            v=volume,
            result=f"{1.5 * volume:g}",
        ),
    )


def _kelvin(celsius: int) -> Question:
    return number(
        EASY,
        f"What is {celsius} °C in kelvin? Round to a whole number.".replace("-", "−"),
        celsius + 273,
        f"Add 273.15: {celsius} °C is {celsius + 273.15:.2f} K.".replace("-", "−"),
        within=1,
        unit="K",
    )


def _ideal_gas() -> list[Question]:
    return [
        number(
            HARD,
            "What is the pressure of 2 mol of an ideal gas in 50 L at 300 K? Take R = 8.314 J/(mol·K).",
            "99.8",
            r"\(p = \frac{nRT}{V} = \frac{2 \cdot 8.314 \cdot 300}{0.050} \approx 99\,800\ \text{Pa} = 99.8\ "
            r"\text{kPa}\).",
            within=1,
            unit="kPa",
        ).or_in("Pa", "0.001"),
        one_of(
            HARD,
            "The temperature of a gas in a closed bottle rises from 27 °C to 54 °C. What happens to its pressure?",
            "It rises by 9 %.",
            ["It doubles.", "It rises by 27 %.", "It stays the same."],
            r"Pressure follows the absolute temperature: \(\frac{327}{300} = 1.09\).",
        ),
    ]


def _molar_volume() -> list[Question]:
    return [
        number(
            EASY,
            "What volume do 3 mol of a gas take up at 0 °C and 101.3 kPa? One mole takes up 22.4 L.",
            "67.2",
            "3 · 22.4 = 67.2 L.",
            within="0.3",
            unit="L",
        ),
        some_of(
            MEDIUM,
            "Which of these take up 22.4 L at 0 °C and 101.3 kPa?",
            ["32 g of O<sub>2</sub>", "2 g of H<sub>2</sub>", "44 g of CO<sub>2</sub>"],
            ["14 g of N<sub>2</sub>", "32 g of CH<sub>4</sub>"],
            "One mole of any gas takes up 22.4 L. 14 g of N<sub>2</sub> are half a mole, 32 g of CH<sub>4</sub> two.",
        ),
    ]


def _boyle_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 10), y=(0, 500), step=(1, 100), names=("V (L)", "p (kPa)"))
    plot.curve(lambda volume: 400 / volume if volume > 0.05 else 9999)
    plot.dot(2, 200)
    return card


def _charles_card() -> Card:
    card = Card()
    plot = Plot(card, x=(-300, 200), y=(0, 5), step=(100, 1), names=("T (°C)", "V (L)"))
    plot.path([(-273, 0), (164, 4)])
    return card


def _graphs() -> list[Question]:
    return [
        one_of(
            EASY,
            "The picture shows pressure and volume of a gas at one temperature. Which law does it show?",
            "Boyle’s law: pV is constant",
            [
                "Charles’s law: V/T is constant",
                "Avogadro’s law: V/n is constant",
                "the law of Gay-Lussac: p/T is constant",
            ],
            "When the volume doubles the pressure halves; their product is 400 everywhere on the curve.",
        ).showing("A falling curve through V = 1 L, p = 400 kPa; 2 L, 200 kPa (marked); 4 L, 100 kPa.", _boyle_card),
        number(
            MEDIUM,
            "Read from the picture: what is the pressure when the gas takes up 4 litres?",
            100,
            r"The curve goes through \((4, 100)\), and \(400 / 4 = 100\).",
            within=10,
            unit="kPa",
        ).showing("A falling curve through V = 1 L, p = 400 kPa; 2 L, 200 kPa (marked); 4 L, 100 kPa.", _boyle_card),
        one_of(
            HARD,
            "The picture shows the volume of a gas at different temperatures. At which temperature would the line "
            "reach zero?",
            "at about −273 °C",
            ["at 0 °C", "at about −100 °C", "never"],
            "That is absolute zero, 0 K. A real gas becomes liquid before.",
        ).showing("A straight line that rises from V = 0 at minus 273 °C through 2.5 L at 0 °C.", _charles_card),
    ]


def _laws() -> list[Question]:
    return [
        match(
            MEDIUM,
            "Match each law with what is kept constant besides the amount of gas.",
            [
                ("Boyle: pV = constant", "temperature"),
                ("Charles: V/T = constant", "pressure"),
                ("Gay-Lussac: p/T = constant", "volume"),
            ],
            "Each law follows from pV = nRT when one of the quantities is fixed.",
            extra=["colour"],
        ),
    ]


def _particles() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "What does the model of an ideal gas assume?",
            [
                "The particles have no volume of their own.",
                "The particles do not attract each other.",
                "Collisions lose no energy.",
            ],
            ["All particles have the same speed.", "The particles are at rest at 0 °C."],
            "Speeds are spread around a mean that grows with the temperature; only at 0 K would motion end.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "At the same temperature, particles of a light gas are on average faster than those of a heavy one.",
            True,
            "The mean kinetic energy is the same, so the lighter particle must be faster.",
        ),
        claim(
            EASY,
            "Equal volumes of two gases at the same pressure and temperature hold equally many molecules.",
            True,
            "That is Avogadro’s law.",
        ),
    ]


def _words() -> list[Question]:
    return [
        number(
            HARD,
            "A diver breathes out a bubble of 1 mL at a depth of 30 m, where the pressure is 4 bar. "
            "How large is it at the surface, at 1 bar and the same temperature?",
            4,
            r"\(p_1 V_1 = p_2 V_2\): \(4 \cdot 1 = 1 \cdot V_2\), so \(V_2 = 4\ \text{mL}\).",
            within="0.05",
            unit="mL",
        ),
        word(
            EASY,
            "What is the lowest possible temperature, 0 K, called?",
            ["absolute zero", "the absolute zero"],
            "It is absolute zero, −273.15 °C.",
        ),
    ]
