"""Motion: speed, acceleration, free fall, graphs; in French."""

import random
from decimal import Decimal

from apps.exams.demo.drawing import Card, Plot
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Cinématique"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_speed(rng, time) for time in rng.sample([4, 5, 8], 2)],
        *[_conversion(speed) for speed in rng.sample([36, 54, 72, 90, 108], 2)],
        *[_acceleration(rng, time) for time in rng.sample([4, 5, 8, 10], 2)],
        _distance_when_braking(),
        *_falling(),
        *_graphs(),
        *_vectors(),
        *_claims(),
        *_units(),
    ]


def _speed(rng: random.Random, time: int) -> Question:
    speed = rng.choice([3, 6, 7, 9, 12])
    return number(
        EASY,
        fill(
            "Un cycliste parcourt $way m en $time s à vitesse constante. Quelle est sa vitesse ?",
            way=speed * time,
            time=time,
        ),
        speed,
        fill(
            r"\(v = \frac{d}{t} = \frac{$way}{$time} = $speed\ "
            r"\text{m/s}\).",
            way=speed * time,
            time=time,
            speed=speed,
        ),
        within="0.05",
        unit="m/s",
    ).or_in("km/h", "0.27777778")


def _conversion(speed: int) -> Question:
    value = Decimal(speed) / Decimal("3.6")
    return one_of(
        EASY,
        f"À combien de mètres par seconde correspondent {speed} km/h ?",
        f"{value.normalize():f} m/s",
        [
            f"{speed * 3.6:.1f} m/s".replace(".", ","),
            f"{speed * 10} m/s",
            f"{speed / 60:.2f} m/s".replace(".", ","),
        ],
        fill(
            r"1 km/h vaut \(\frac{1000}{3600} = \frac{1}{3{,}6}\) m/s : on divise par 3,6 et on trouve $value m/s.",
            value=f"{value.normalize():f}",
        ),
    )


def _acceleration(rng: random.Random, time: int) -> Question:
    rate, start = rng.choice([2, 3]), rng.choice([0, 4, 6])
    end = start + rate * time
    return number(
        MEDIUM,
        fill(
            "Une voiture passe de $start m/s à $end m/s en $time s. Quelle est son accélération moyenne ?",
            start=start,
            end=end,
            time=time,
        ),
        rate,
        fill(
            r"\(a = \frac{\Delta v}{\Delta t} = \frac{$end - $start}{$time} = $rate\ \text{m/s}^2\).",
            start=start,
            end=end,
            time=time,
            rate=rate,
        ),
        within="0.05",
        unit="m/s²",
    )


def _distance_when_braking() -> Question:
    return number(
        HARD,
        "Une voiture roule à 20 m/s. Elle freine avec une décélération constante de 5 m/s². "
        "Quelle distance parcourt-elle jusqu’à l’arrêt ?",
        40,
        r"\(v^2 = 2ad\), donc \(d = \frac{v^2}{2a} = \frac{20^2}{2 \cdot 5} = 40\ \text{m}\).",
        within="0.5",
        unit="m",
    )


def _falling() -> list[Question]:
    return [
        number(
            MEDIUM,
            "Une pierre tombe d’un pont sans vitesse initiale et touche l’eau après 3 s. "
            "Quelle est la hauteur du pont ? On prendra g = 9,8 m/s² et on négligera l’air.",
            "44.1",
            r"\(h = \frac{1}{2} g t^2 = \frac{1}{2} \cdot 9{,}8 \cdot 3^2 = 44{,}1\ \text{m}\).",
            within="0.5",
            unit="m",
        ),
        one_of(
            MEDIUM,
            "Dans le vide, on lâche en même temps une plume et un marteau de la même hauteur. Que se passe-t-il ?",
            "Ils arrivent en même temps.",
            ["Le marteau arrive d’abord.", "La plume arrive d’abord.", "La plume ne tombe pas."],
            "Sans air, tous les corps ont la même accélération g, quelle que soit leur masse.",
        ),
        one_of(
            HARD,
            "On lance une balle verticalement vers le haut. Au point le plus haut de sa course,",
            "sa vitesse est nulle et son accélération vaut g vers le bas.",
            [
                "sa vitesse et son accélération sont nulles.",
                "sa vitesse est nulle et son accélération est dirigée vers le haut.",
                "son accélération est nulle et sa vitesse vaut g.",
            ],
            "La pesanteur agit sans interruption : c’est elle qui fait repartir la balle vers le bas.",
        ),
    ]


def _speed_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 10), y=(0, 12), step=(1, 2), names=("t (s)", "v (m/s)"))
    plot.path([(0, 0), (4, 10), (8, 10), (10, 0)])
    return card


def _position_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 10), y=(0, 50), step=(1, 10), names=("t (s)", "x (m)"))
    plot.path([(0, 10), (4, 30), (7, 30), (10, 0)])
    return card


SPEED_IN_WORDS = (
    "Graphique de la vitesse en fonction du temps : elle monte de 0 à 10 m/s de 0 à 4 s, reste à 10 m/s jusqu’à 8 s, "
    "puis "
    "descend à 0 à 10 s."
)
POSITION_IN_WORDS = (
    "Graphique de la position en fonction du temps : de 10 m à 30 m entre 0 et 4 s, 30 m jusqu’à 7 s, puis 0 m à 10 s."
)


def _graphs() -> list[Question]:
    return [
        number(
            MEDIUM,
            "Le graphique montre la vitesse d’un tramway. Quelle est son accélération pendant les quatre premières "
            "secondes ?",
            "2.5",
            r"C’est la pente : \(\frac{10 - 0}{4 - 0} = 2{,}5\ \text{m/s}^2\).",
            within="0.05",
            unit="m/s²",
        ).showing(SPEED_IN_WORDS, _speed_card),
        number(
            HARD,
            "Le graphique montre la vitesse d’un tramway. Quelle distance parcourt-il en tout ?",
            70,
            r"La distance est l’aire sous la courbe : \(\frac{4 \cdot 10}{2} + 4 \cdot 10 + \frac{2 \cdot 10}{2} = "
            r"70\ \text{m}\).",
            within=1,
            unit="m",
        ).showing(SPEED_IN_WORDS, _speed_card),
        some_of(
            MEDIUM,
            "Le graphique montre la position d’une piétonne. Quelles affirmations sont vraies ?",
            [
                "Elle est immobile entre 4 s et 7 s.",
                "Elle revient en arrière après 7 s.",
                "Au début, sa vitesse est de 5 m/s.",
            ],
            ["Elle accélère entre 0 s et 4 s.", "Elle finit là où elle a commencé."],
            "La pente donne la vitesse : 5 m/s, puis 0, puis −10 m/s. Elle part de 10 m et finit à 0 m.",
        ).showing(POSITION_IN_WORDS, _position_card),
        number(
            EASY,
            "Le graphique montre la position d’une piétonne. Quelle distance sépare son point de départ de son point "
            "d’arrivée ?",
            10,
            "Elle part de x = 10 m et arrive à x = 0 m.",
            unit="m",
        ).showing(POSITION_IN_WORDS, _position_card),
    ]


def _vectors() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "Lesquelles de ces grandeurs sont des vecteurs ?",
            ["la vitesse", "l’accélération", "le déplacement"],
            ["la durée", "la masse", "la température"],
            "Un vecteur a une direction et un sens. Une durée, une masse ou une température est un simple nombre "
            "avec son unité.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "Un corps dont la vitesse est constante en valeur et en direction a une accélération nulle.",
            True,
            "L’accélération est la variation de la vitesse par unité de temps ; rien ne varie ici.",
        ),
        claim(
            MEDIUM,
            "Dans un mouvement circulaire à vitesse de valeur constante, l’accélération est nulle.",
            False,
            "La direction de la vitesse change sans cesse : il y a une accélération dirigée vers le centre.",
        ),
        claim(
            EASY,
            "La vitesse moyenne d’un trajet est la distance parcourue divisée par la durée.",
            True,
            r"C’est sa définition : \(v = \frac{d}{t}\).",
        ),
    ]


def _units() -> list[Question]:
    return [
        match(
            EASY,
            "Associez chaque grandeur à son unité du Système international.",
            [("distance", "m"), ("durée", "s"), ("vitesse", "m/s"), ("accélération", "m/s²")],
            "La vitesse est une distance par une durée, l’accélération une vitesse par une durée.",
            extra=["kg", "N"],
        ),
        word(
            EASY,
            "Comment appelle-t-on la ligne que suit un point mobile ?",
            ["trajectoire", "la trajectoire", "une trajectoire"],
            "La trajectoire est l’ensemble des positions successives du point.",
        ),
    ]
