"""Forces: weight, the laws of Newton, balance, slopes; in French."""

import math
import random

from apps.exams.demo.drawing import AMBER, BLUE, FAINT, GREEN, GREY, RED, Card
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Forces et lois de Newton"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_weight(mass) for mass in rng.sample([2, 5, 12, 60, 70], 2)],
        *[_second_law(rng, mass) for mass in rng.sample([2, 4, 5, 8], 2)],
        _net_force(rng),
        _perpendicular_forces(),
        *_diagrams(),
        *_inclined(),
        *_newton(),
        *_claims(),
        *_other_places(),
        *_words(),
    ]


def _weight(mass: int) -> Question:
    return number(
        EASY,
        f"Quel est le poids d’un corps de {mass} kg sur la Terre ? On prendra g = 9,8 N/kg.",
        f"{mass * 9.8:.1f}",
        fill(
            r"\(P = mg = $mass \cdot 9{,}8 = $weight\ "
            r"\text{N}\).",
            mass=mass,
            weight=f"{mass * 9.8:.1f}".replace(".", "{,}"),
        ),
        within="0.5",
        unit="N",
    )


def _second_law(rng: random.Random, mass: int) -> Question:
    rate = rng.choice([2, 3, 5])
    return number(
        EASY,
        fill(
            "Une force résultante de $force N agit sur un chariot de $mass kg. Quelle est son accélération ?",
            force=mass * rate,
            mass=mass,
        ),
        rate,
        fill(
            r"\(a = \frac{F}{m} = \frac{$force}{$mass} = $rate\ "
            r"\text{m/s}^2\).",
            force=mass * rate,
            mass=mass,
            rate=rate,
        ),
        within="0.05",
        unit="m/s²",
    )


def _net_force(rng: random.Random) -> Question:
    pull, drag = rng.choice([(50, 20), (80, 35), (90, 60)])
    return one_of(
        EASY,
        f"On tire une caisse vers la droite avec {pull} N ; le frottement la retient avec {drag} N. "
        "Quelle est la force résultante ?",
        f"{pull - drag} N vers la droite",
        [f"{pull + drag} N vers la droite", f"{pull - drag} N vers la gauche", f"{drag} N vers la gauche"],
        f"Les forces sont de sens opposés : {pull} − {drag} = {pull - drag} N, dans le sens de la plus grande.",
    )


def _perpendicular_card() -> Card:
    card = Card(width=420)
    start, right, up = (110, 240), (310, 240), (110, 90)
    card.dashed(right, (310, 90))
    card.dashed(up, (310, 90))
    card.arrow(start, right, color=BLUE)
    card.arrow(start, up, color=GREEN)
    card.arrow(start, (310, 90), color=RED)
    card.circle(start, 6, fill=GREY)
    card.text((215, 264), "F1", color=BLUE)
    card.text((82, 160), "F2", color=GREEN)
    card.text((225, 132), "R", color=RED)
    return card


def _perpendicular_forces() -> Question:
    return number(
        MEDIUM,
        r"Deux forces perpendiculaires, \(F_1 = 8\ \text{N}\) et \(F_2 = 6\ \text{N}\), agissent sur un point. "
        r"Quelle est la valeur de leur résultante \(R\) ?",
        10,
        r"D’après Pythagore, \(R = \sqrt{8^2 + 6^2} = \sqrt{100} = 10\ \text{N}\).",
        within="0.05",
        unit="N",
    ).showing(
        "Un point d’où partent la force F1 vers la droite, la force F2 vers le haut et leur résultante R en diagonale.",
        _perpendicular_card,
    )


def _block_card() -> Card:
    card = Card(width=480)
    card.line([(40, 210), (440, 210)], width=3)
    for x in range(50, 440, 20):
        card.line([(x, 210), (x - 10, 222)], color=GREY, width=1.5)
    card.area([(180, 130), (300, 130), (300, 210), (180, 210)])
    center = (240, 170)
    card.arrow(center, (240, 292), color=BLUE)
    card.arrow((240, 210), (240, 60), color=GREEN)
    card.arrow((300, 170), (410, 170), color=RED)
    card.arrow((180, 200), (110, 200), color=AMBER)
    card.circle(center, 5, fill=BLUE, color=BLUE)
    card.text((262, 280), "A", color=BLUE)
    card.text((262, 72), "B", color=GREEN)
    card.text((424, 170), "C", color=RED)
    card.text((96, 198), "D", color=AMBER)
    return card


BLOCK_IN_WORDS = (
    "Une caisse sur un sol horizontal avec quatre flèches : A part du centre vers le bas, B du sol vers le haut, "
    "C de la face droite vers la droite, D, plus courte, au ras du sol vers la gauche."
)


def _diagrams() -> list[Question]:
    return [
        match(
            MEDIUM,
            "On tire une caisse vers la droite. Associez chaque flèche du dessin à la force qu’elle représente.",
            [("A", "le poids"), ("B", "la réaction normale du sol"), ("C", "la traction"), ("D", "le frottement")],
            "Le poids est vertical vers le bas, la réaction normale perpendiculaire au sol, le frottement opposé au "
            "mouvement.",
            extra=["la poussée d’Archimède"],
        ).showing(BLOCK_IN_WORDS, _block_card),
        one_of(
            HARD,
            "La caisse du dessin avance vers la droite. La flèche C est plus longue que la flèche D, A et B ont la "
            "même longueur. "
            "Quel est son mouvement ?",
            "Elle accélère vers la droite.",
            ["Elle avance à vitesse constante.", "Elle ralentit.", "Elle décolle du sol."],
            "Verticalement les forces se compensent ; horizontalement il reste une force vers la droite, donc une "
            "accélération.",
        ).showing(BLOCK_IN_WORDS, _block_card),
    ]


def _slope_card() -> Card:
    card = Card(width=480)
    angle = math.radians(30)
    foot, top = (60, 270), (60 + 360 * math.cos(angle), 270 - 360 * math.sin(angle))
    card.area([foot, (top[0], 270), top], fill=FAINT)

    def on_slope(along: float, above: float) -> tuple[float, float]:
        x = foot[0] + along * math.cos(angle) - above * math.sin(angle)
        return x, foot[1] - along * math.sin(angle) - above * math.cos(angle)

    card.area([on_slope(160, 0), on_slope(230, 0), on_slope(230, 50), on_slope(160, 50)])
    center = on_slope(195, 25)
    card.arrow(center, (center[0], center[1] + 110), color=BLUE)
    card.arrow(on_slope(195, 50), on_slope(195, 125), color=GREEN)
    card.arc(foot, 70, -30, 0)
    card.text((152, 252), "30°", size=17)
    card.text((center[0] + 16, center[1] + 104), "P", color=BLUE)
    card.text((on_slope(195, 130)[0] - 16, on_slope(195, 130)[1] + 4), "N", color=GREEN)
    return card


SLOPE_IN_WORDS = (
    "Un bloc sur un plan incliné de 30 degrés ; son poids P est vertical vers le bas, "
    "la réaction N perpendiculaire au plan."
)


def _inclined() -> list[Question]:
    return [
        number(
            HARD,
            "Le bloc du dessin pèse 40 N et glisse sans frottement. Quelle est la composante de son poids le long du "
            "plan ?",
            20,
            r"\(P \sin 30° = 40 \cdot 0{,}5 = 20\ \text{N}\).",
            within="0.1",
            unit="N",
        ).showing(SLOPE_IN_WORDS, _slope_card),
        number(
            HARD,
            "Le bloc du dessin pèse 40 N. Quelle est la valeur de la réaction normale N ?",
            "34.64",
            r"\(N = P \cos 30° = 40 \cdot 0{,}866 \approx 34{,}6\ \text{N}\).",
            within="0.2",
            unit="N",
        ).showing(SLOPE_IN_WORDS, _slope_card),
    ]


def _newton() -> list[Question]:
    return [
        match(
            MEDIUM,
            "Associez chaque énoncé à la loi de Newton.",
            [
                ("Sans force résultante, un corps garde sa vitesse.", "première loi (inertie)"),
                (r"\(\vec F = m \vec a\)", "deuxième loi"),
                ("À toute action répond une réaction égale et opposée.", "troisième loi"),
                (r"Deux masses s’attirent avec \(F = G \frac{m_1 m_2}{d^2}\).", "loi de la gravitation"),
            ],
            "L’inertie, la relation entre force et accélération, les actions réciproques, et la gravitation "
            "universelle.",
            extra=["loi de Hooke"],
        ),
        one_of(
            MEDIUM,
            "Un livre est posé sur une table. Quelle est la réaction, au sens de la troisième loi, au poids du livre ?",
            "l’attraction que le livre exerce sur la Terre",
            ["la réaction de la table sur le livre", "le poids de la table", "la force du livre sur la table"],
            "Action et réaction agissent sur deux corps différents : la Terre attire le livre, le livre attire la "
            "Terre.",
        ),
        some_of(
            MEDIUM,
            "Dans quels cas la résultante des forces est-elle nulle ?",
            ["Un parachutiste descend à vitesse constante.", "Un tableau est accroché au mur."],
            ["Un train démarre.", "Une voiture prend un virage à 50 km/h.", "Une pomme tombe."],
            "La résultante est nulle quand la vitesse ne change ni de valeur ni de direction.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY,
            "La masse d’un corps est la même sur la Terre et sur la Lune.",
            True,
            "La masse ne change pas ; le poids, lui, dépend de la pesanteur du lieu.",
        ),
        claim(
            MEDIUM,
            "Pour maintenir un corps en mouvement rectiligne uniforme, il faut une force résultante.",
            False,
            "D’après le principe d’inertie, il suffit que la résultante soit nulle.",
        ),
        claim(
            EASY,
            "Le kilogramme est une unité de force.",
            False,
            "Le kilogramme mesure une masse ; l’unité de force est le newton.",
        ),
    ]


def _other_places() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "Un astronaute a une masse de 80 kg. Sur la Lune, g vaut 1,6 N/kg. Quel y est son poids ?",
            "128 N",
            ["50 N", "784 N", "80 N"],
            r"\(P = mg = 80 \cdot 1{,}6 = 128\ \text{N}\).",
        ),
        number(
            MEDIUM,
            "Un ressort de raideur 200 N/m est allongé de 5 cm. Quelle force exerce-t-il ?",
            10,
            r"\(F = kx = 200 \cdot 0{,}05 = 10\ \text{N}\).",
            within="0.1",
            unit="N",
        ),
    ]


def _words() -> list[Question]:
    return [
        one_of(
            HARD,
            "Un ascenseur de 500 kg accélère vers le haut à 1 m/s². Quelle est la tension du câble ? "
            "On prendra g = 10 m/s².",
            "5500 N",
            ["5000 N", "4500 N", "500 N"],
            r"\(T - mg = ma\), donc \(T = m(g + a) = 500 \cdot 11 = 5500\ \text{N}\).",
        ),
        word(
            EASY,
            "Avec quel instrument mesure-t-on une force ?",
            ["dynamomètre", "un dynamomètre", "le dynamomètre", "dynamometre"],
            "Le dynamomètre mesure une force par l’allongement d’un ressort.",
        ),
    ]
