"""Electric circuits: the law of Ohm, series and parallel, power; in French."""

import random
from fractions import Fraction

from apps.exams.demo.drawing import Card, battery, meter, resistor
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Circuits électriques"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_ohm(rng, current) for current in rng.sample([2, 3, 4, 5], 2)],
        *[_series(pair) for pair in rng.sample([(10, 20), (15, 25), (30, 70)], 2)],
        *[_parallel(pair) for pair in rng.sample([(6, 3), (12, 6), (20, 30), (10, 40)], 2)],
        _mixed(),
        *_currents(),
        *_meters(),
        *_lamps(),
        *_power(),
        *_units(),
        *_claims(),
        *_words(),
    ]


def _ohm(rng: random.Random, current: int) -> Question:
    resistance = rng.choice([4, 6, 12])
    return number(
        EASY,
        fill(
            r"Un courant de $i A traverse une résistance de $r Ω. Quelle est la tension à ses bornes ?",
            i=current,
            r=resistance,
        ),
        current * resistance,
        fill(r"\(U = RI = $r \cdot $i = $u\ \text{V}\).", r=resistance, i=current, u=current * resistance),
        within="0.1",
        unit="V",
    )


def _series_card() -> Card:
    card = Card()
    battery(card, (90, 60), (90, 260), "U")
    card.line([(90, 60), (160, 60)])
    resistor(card, (160, 60), (320, 60), "R1")
    resistor(card, (320, 60), (480, 60), "R2")
    card.line([(480, 60), (480, 260), (90, 260)])
    return card


def _parallel_card() -> Card:
    card = Card()
    battery(card, (90, 60), (90, 260), "U")
    card.line([(90, 60), (440, 60)])
    card.line([(90, 260), (440, 260)])
    resistor(card, (270, 60), (270, 260), "R1")
    resistor(card, (440, 60), (440, 260), "R2")
    for x, y in ((270, 60), (270, 260)):
        card.circle((x, y), 4, fill="#1f2933")
    return card


SERIES_IN_WORDS = "Une pile U et deux résistances R1 et R2 l’une après l’autre dans la même boucle."
PARALLEL_IN_WORDS = "Une pile U ; deux résistances R1 et R2 sont branchées côte à côte entre les deux mêmes fils."


def _series(pair: tuple[int, int]) -> Question:
    first, second = pair
    return number(
        EASY,
        fill(
            r"Dans le circuit du dessin, \(R_1 = $p\ \Omega\) et \(R_2 = $q\ \Omega\). "
            "Quelle est la résistance équivalente ?",
            p=first,
            q=second,
        ),
        first + second,
        fill(
            r"En série, les résistances s’ajoutent : \($p + $q = $sum\ "
            r"\Omega\).",
            p=first,
            q=second,
            sum=first + second,
        ),
        within="0.1",
        unit="Ω",
    ).showing(SERIES_IN_WORDS, _series_card)


def _parallel(pair: tuple[int, int]) -> Question:
    first, second = pair
    value = Fraction(first * second, first + second)

    def ohms(size: Fraction | int) -> str:
        return f"{float(size):g} Ω".replace(".", ",")

    return one_of(
        MEDIUM,
        fill(
            r"Dans le circuit du dessin, \(R_1 = $p\ \Omega\) et \(R_2 = $q\ \Omega\). "
            "Quelle est la résistance équivalente ?",
            p=first,
            q=second,
        ),
        ohms(value),
        [ohms(first + second), ohms(Fraction(first + second, 2)), ohms(abs(first - second)), ohms(1)],
        fill(
            r"En dérivation, \(\frac{1}{R} = \frac{1}{$p} + \frac{1}{$q}\), donc "
            r"\(R = \frac{$p \cdot $q}{$p + $q} = $value\ \Omega\).",
            p=first,
            q=second,
            value=value,
        ),
    ).showing(PARALLEL_IN_WORDS, _parallel_card)


def _mixed_card() -> Card:
    card = Card()
    battery(card, (80, 60), (80, 270), "U")
    resistor(card, (80, 60), (270, 60), "R1")
    card.line([(270, 60), (460, 60)])
    resistor(card, (270, 60), (270, 270), "R2")
    resistor(card, (460, 60), (460, 270), "R3")
    card.line([(80, 270), (460, 270)])
    for x, y in ((270, 60), (270, 270)):
        card.circle((x, y), 4, fill="#1f2933")
    return card


def _mixed() -> Question:
    return (
        number(
            HARD,
            r"Dans le circuit du dessin, \(R_1 = 4\ \Omega\), \(R_2 = 12\ \Omega\), \(R_3 = 6\ \Omega\) et \(U = 16\ "
            r"\text{V}\). "
            "Quel courant la pile fournit-elle ?",
            2,
            r"\(R_2\) et \(R_3\) en dérivation valent \(\frac{12 \cdot 6}{18} = 4\ \Omega\) ; avec \(R_1\) en série, "
            r"\(8\ \Omega\). Donc \(I = \frac{16}{8} = 2\ \text{A}\).",
            within="0.05",
            unit="A",
        )
        .or_in("mA", "0.001")
        .showing(
            "Une pile U, la résistance R1 en série avec deux résistances R2 et R3 branchées en dérivation.", _mixed_card
        )
    )


def _node_card() -> Card:
    card = Card(height=260)
    center = (280, 130)
    card.arrow((90, 130), (270, 130))
    card.arrow(center, (440, 50))
    card.arrow(center, (440, 210))
    card.circle(center, 8, fill="#1f2933")
    card.text((170, 108), "I1")
    card.text((350, 66), "I2")
    card.text((350, 196), "I3")
    return card


def _currents() -> list[Question]:
    return [
        number(
            EASY,
            r"Au nœud du dessin, \(I_1 = 5\ \text{A}\) et \(I_2 = 2\ \text{A}\). Quelle est la valeur de \(I_3\) ?",
            3,
            r"Loi des nœuds : ce qui entre sort. \(I_1 = I_2 + I_3\), donc \(I_3 = 5 - 2 = 3\ \text{A}\).",
            within="0.01",
            unit="A",
        ).showing("Le courant I1 arrive au nœud ; les courants I2 et I3 en partent.", _node_card),
        some_of(
            MEDIUM,
            "Deux lampes différentes sont branchées en série. Quelles affirmations sont vraies ?",
            [
                "Le même courant les traverse.",
                "Si l’une grille, l’autre s’éteint.",
                "Leurs tensions s’ajoutent pour donner celle de la pile.",
            ],
            ["Elles ont la même tension.", "Le courant est plus grand dans la première lampe."],
            "En série il n’y a qu’un chemin : même courant partout, tensions qui s’ajoutent.",
        ),
    ]


def _meter_card() -> Card:
    card = Card()
    battery(card, (90, 60), (90, 230), "U")
    card.line([(90, 60), (470, 60)])
    resistor(card, (470, 60), (470, 230), "")
    card.line([(90, 230), (470, 230)])
    meter(card, (280, 60), "1")
    card.line([(470, 80), (380, 80), (380, 210), (470, 210)])
    meter(card, (380, 145), "2")
    return card


METERS_IN_WORDS = (
    "Un circuit avec une pile et une résistance ; l’appareil 1 est dans la boucle, "
    "l’appareil 2 est branché aux bornes de la résistance."
)


def _meters() -> list[Question]:
    return [
        match(
            EASY,
            "Associez chaque élément du schéma à ce qu’il est ou mesure.",
            [("appareil 1", "ampèremètre : le courant"), ("appareil 2", "voltmètre : la tension")],
            "L’ampèremètre se branche en série, le voltmètre en dérivation.",
            extra=["ohmmètre : la résistance", "wattmètre : la puissance"],
        ).showing(METERS_IN_WORDS, _meter_card),
        number(
            MEDIUM,
            "Dans le schéma, l’appareil 1 indique 0,25 A et l’appareil 2 indique 6 V. Quelle est la résistance ?",
            24,
            r"\(R = \frac{U}{I} = \frac{6}{0{,}25} = 24\ \Omega\).",
            within="0.2",
            unit="Ω",
        ).showing(METERS_IN_WORDS, _meter_card),
    ]


def _lamps_card() -> Card:
    card = Card()
    battery(card, (90, 60), (90, 260), "U")
    card.line([(90, 60), (440, 60), (440, 260), (90, 260)])
    card.line([(270, 60), (270, 260)])
    meter(card, (180, 60), "x")
    meter(card, (270, 160), "x")
    meter(card, (440, 160), "x")
    card.text((180, 94), "L1")
    card.text((304, 160), "L2")
    card.text((474, 160), "L3")
    return card


LAMPS_IN_WORDS = "Une pile ; la lampe L1 est en série avec deux lampes L2 et L3 branchées en dérivation."


def _lamps() -> list[Question]:
    return [
        one_of(
            HARD,
            "Les trois lampes du schéma sont identiques. Laquelle brille le plus ?",
            "L1",
            ["L2", "L3", "Elles brillent de la même façon."],
            "Tout le courant traverse L1, puis il se partage en deux entre L2 et L3.",
        ).showing(LAMPS_IN_WORDS, _lamps_card),
        one_of(
            MEDIUM,
            "Dans le schéma, la lampe L1 grille. Que se passe-t-il ?",
            "L2 et L3 s’éteignent.",
            ["L2 et L3 brillent davantage.", "Seule L2 s’éteint.", "Rien ne change pour L2 et L3."],
            "L1 est sur le seul chemin qui mène de la pile aux deux autres : le circuit est ouvert.",
        ).showing(LAMPS_IN_WORDS, _lamps_card),
    ]


def _power() -> list[Question]:
    return [
        number(
            HARD,
            "La batterie d’un téléphone porte l’indication 3000 mAh. Quelle charge électrique fournit-elle, en "
            "coulombs ?",
            10800,
            r"\(Q = It = 3\ \text{A} \cdot 3600\ \text{s} = 10\,800\ \text{C}\).",
            within=10,
            unit="C",
        ),
        number(
            MEDIUM,
            "Une bouilloire branchée sur 230 V est traversée par un courant de 8 A. Quelle est sa puissance ?",
            1840,
            r"\(P = UI = 230 \cdot 8 = 1840\ \text{W}\).",
            within=5,
            unit="W",
        ).or_in("kW", 1000),
    ]


def _units() -> list[Question]:
    return [
        match(
            EASY,
            "Associez chaque grandeur à son unité.",
            [("tension", "volt"), ("intensité", "ampère"), ("résistance", "ohm"), ("charge", "coulomb")],
            "Un coulomb est la charge que transporte un ampère en une seconde.",
            extra=["watt", "joule"],
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "Un interrupteur ouvert laisse passer le courant.",
            False,
            "Ouvert, il interrompt le circuit ; le courant passe quand il est fermé.",
        ),
        claim(
            MEDIUM,
            "La résistance équivalente de deux résistances en dérivation est plus petite que chacune d’elles.",
            True,
            "On offre au courant un chemin de plus : il passe plus facilement.",
        ),
        claim(
            HARD,
            "La résistance d’un fil de cuivre double quand sa longueur et sa section doublent toutes deux.",
            False,
            r"\(R = \rho \frac{\ell}{S}\) : si la longueur et la section doublent, la résistance ne change pas.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            r"Comment s’appelle la loi \(U = RI\) ?",
            ["loi d’Ohm", "loi d'Ohm", "la loi d’Ohm", "la loi d'Ohm", "Ohm"],
            "C’est la loi d’Ohm, du physicien Georg Simon Ohm.",
        ),
    ]
