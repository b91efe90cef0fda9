"""Waves: period, frequency, wavelength, sound and light; in French."""

import math
import random

from apps.exams.demo.drawing import BLUE, GREEN, GREY, RED, Card, Plot
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Ondes, son et lumière"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_frequency(period) for period in rng.sample(["0,02", "0,05", "0,1", "0,25"], 2)],
        *[_wavelength(rng, frequency) for frequency in rng.sample([170, 340, 680, 850], 2)],
        *_graphs(),
        *_echo(),
        *_light(),
        *_mirror(),
        *_sound(),
        *_spectrum(),
        *_claims(),
        *_words(),
    ]


def _frequency(period: str) -> Question:
    value = round(1 / float(period.replace(",", ".")))
    return number(
        EASY,
        f"La période d’une vibration est de {period} s. Quelle est sa fréquence ?",
        value,
        fill(
            r"\(f = \frac{1}{T} = \frac{1}{$period} = $value\ "
            r"\text{Hz}\).",
            period=period.replace(",", "{,}"),
            value=value,
        ),
        within="0.1",
        unit="Hz",
    ).or_in("kHz", 1000)


def _wavelength(rng: random.Random, frequency: int) -> Question:
    value = 340 / frequency

    def metres(size: float) -> str:
        return f"{size:.3g} m".replace(".", ",")

    return one_of(
        MEDIUM,
        f"Un son de {frequency} Hz se propage dans l’air à 340 m/s. Quelle est sa longueur d’onde ?",
        metres(value),
        [metres(size) for size in (1 / value if value != 1 else 3.4, 10 * value, value / 10, 2 * value)],
        fill(
            r"\(\lambda = \frac{v}{f} = \frac{340}{$f} = $value\ \text{m}\).",
            f=frequency,
            value=f"{value:.3g}".replace(".", "{,}"),
        ),
    )


def _time_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 8), y=(-4, 4), names=("t (ms)", "y (cm)"))
    plot.curve(lambda t: 3 * math.sin(2 * math.pi * t / 4))
    return card


def _space_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 12), y=(-3, 3), names=("x (m)", "y (m)"))
    plot.curve(lambda x: 2 * math.cos(2 * math.pi * x / 6))
    return card


TIME_IN_WORDS = (
    "Une sinusoïde en fonction du temps : elle monte à 3 cm, descend à moins 3 cm et se répète toutes les 4 "
    "millisecondes."
)
SPACE_IN_WORDS = "Une onde en fonction de la position : ses crêtes, hautes de 2 m, sont à x = 0, 6 et 12 m."


def _graphs() -> list[Question]:
    return [
        number(
            EASY,
            "Le graphique montre une vibration. Quelle est sa période ?",
            4,
            "Le motif se répète toutes les 4 ms.",
            within="0.1",
            unit="ms",
        )
        .or_in("s", 1000)
        .showing(TIME_IN_WORDS, _time_card),
        number(
            MEDIUM,
            "Le graphique montre une vibration. Quelle est sa fréquence ?",
            250,
            r"\(T = 4\ \text{ms} = 0{,}004\ \text{s}\), donc \(f = \frac{1}{0{,}004} = 250\ \text{Hz}\).",
            within=2,
            unit="Hz",
        )
        .or_in("kHz", 1000)
        .showing(TIME_IN_WORDS, _time_card),
        match(
            EASY,
            "Le graphique montre une vague à un instant donné. Associez chaque grandeur à sa valeur.",
            [("amplitude", "2 m"), ("longueur d’onde", "6 m"), ("distance d’une crête au creux suivant", "3 m")],
            "L’amplitude est la hauteur d’une crête, la longueur d’onde la distance entre deux crêtes voisines.",
            extra=["4 m", "12 m"],
        ).showing(SPACE_IN_WORDS, _space_card),
        number(
            HARD,
            "La vague du graphique a une période de 1,5 s. À quelle vitesse se propage-t-elle ?",
            4,
            r"\(v = \frac{\lambda}{T} = \frac{6}{1{,}5} = 4\ \text{m/s}\).",
            within="0.1",
            unit="m/s",
        ).showing(SPACE_IN_WORDS, _space_card),
    ]


def _echo() -> list[Question]:
    return [
        number(
            HARD,
            "On crie face à une falaise et on entend l’écho 3 s plus tard. À quelle distance est la falaise ? "
            "Le son se propage à 340 m/s.",
            510,
            r"Le son fait l’aller et le retour : \(d = \frac{340 \cdot 3}{2} = 510\ \text{m}\).",
            within=2,
            unit="m",
        ),
        one_of(
            EASY,
            "On voit un éclair et on entend le tonnerre 6 s après. À quelle distance environ l’orage est-il ?",
            "2 km",
            ["6 km", "200 m", "20 km"],
            "La lumière arrive presque aussitôt ; le son parcourt environ 340 m par seconde, soit 2 km en 6 s.",
        ),
    ]


def _light() -> list[Question]:
    return [
        number(
            MEDIUM,
            "L’indice de réfraction d’un verre est 1,5. À quelle vitesse la lumière s’y propage-t-elle ? "
            "Dans le vide, elle va à 300 000 km/s.",
            200000,
            r"\(v = \frac{c}{n} = \frac{300\,000}{1{,}5} = 200\,000\ \text{km/s}\).",
            within=1000,
            unit="km/s",
        ).or_in("m/s", "0.001"),
        number(
            HARD,
            "La lumière se propage dans le vide à 300 000 km/s. Combien de secondes met-elle pour venir du Soleil, "
            "à 150 millions de kilomètres ?",
            500,
            r"\(t = \frac{150\,000\,000}{300\,000} = 500\ \text{s}\), un peu plus de 8 minutes.",
            within=5,
            unit="s",
        ).or_in("min", 60),
    ]


def _mirror_card() -> Card:
    card = Card(width=480)
    card.line([(60, 240), (420, 240)], width=4)
    for x in range(70, 420, 18):
        card.line([(x, 240), (x - 9, 252)], color=GREY, width=1.5)
    point = (240, 240)
    card.dashed((240, 50), point)
    card.arrow((110, 90), point, color=RED)
    card.arrow(point, (370, 90), color=BLUE)
    card.arc(point, 62, 229, 270, color=RED)
    card.arc(point, 62, 270, 311, color=BLUE)
    card.text((208, 158), "i", color=RED)
    card.text((274, 158), "r", color=BLUE)
    card.text((262, 60), "n", color=GREEN)
    return card


def _mirror() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "Un rayon arrive sur un miroir plan avec un angle d’incidence i = 40°, mesuré depuis la normale n. "
            "Quel angle le rayon réfléchi fait-il avec la <strong>surface</strong> du miroir ?",
            "50°",
            ["40°", "80°", "140°"],
            "L’angle de réflexion r vaut aussi 40° ; la surface est perpendiculaire à la normale : 90° − 40° = 50°.",
        ).showing(
            "Un miroir horizontal, sa normale n en pointillé, un rayon incident et un rayon réfléchi qui font avec "
            "elle "
            "les angles i et r.",
            _mirror_card,
        ),
    ]


def _sound() -> list[Question]:
    return [
        some_of(
            EASY,
            "Dans lesquels de ces milieux le son peut-il se propager ?",
            ["l’air", "l’eau", "l’acier"],
            ["le vide"],
            "Le son est une onde mécanique : il lui faut de la matière.",
        ),
        match(
            MEDIUM,
            "Associez ce que l’on entend à la grandeur physique.",
            [
                ("un son aigu", "fréquence élevée"),
                ("un son grave", "fréquence basse"),
                ("un son fort", "grande amplitude"),
            ],
            "La hauteur dépend de la fréquence, la force de l’amplitude.",
            extra=["grande vitesse", "petite amplitude"],
        ),
    ]


def _spectrum() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "Lesquelles de ces ondes sont électromagnétiques ?",
            ["la lumière visible", "les rayons X", "les ondes radio"],
            ["les ultrasons", "les vagues de la mer"],
            "Les ultrasons et les vagues sont des ondes mécaniques.",
        ),
        one_of(
            HARD,
            "Quelle couleur a la plus grande longueur d’onde ?",
            "le rouge",
            ["le violet", "le vert", "le bleu"],
            "Le visible va d’environ 400 nm (violet) à 750 nm (rouge).",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "Une onde transporte de l’énergie sans transporter de matière.",
            True,
            "Un bouchon sur l’eau monte et descend, mais la vague ne l’emporte pas.",
        ),
        claim(
            MEDIUM,
            "En passant de l’air dans l’eau, la lumière garde sa fréquence.",
            True,
            "Sa vitesse et sa longueur d’onde diminuent ; la fréquence est celle de la source.",
        ),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            "Comment appelle-t-on les sons trop aigus pour l’oreille humaine ?",
            ["ultrasons", "les ultrasons", "ultrason"],
            "Au-dessus d’environ 20 kHz on parle d’ultrasons.",
        ),
    ]
