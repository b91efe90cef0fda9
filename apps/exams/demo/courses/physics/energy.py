"""Energy: work, power, kinetic and potential energy, efficiency; in French."""

import random

from apps.exams.demo.drawing import BLUE, FAINT, GREEN, GREY, RED, Card, smooth
from apps.exams.demo.notation import fill
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "Énergie, travail et puissance"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_work(rng, way) for way in rng.sample([3, 5, 8, 12], 2)],
        *[_kinetic(rng, mass) for mass in rng.sample([2, 4, 6, 10], 2)],
        *[_power(rng, time) for time in rng.sample([10, 20, 40], 2)],
        _potential(rng),
        *_roller_coaster(),
        *_conservation(),
        *_efficiency(),
        *_forms(),
        *_claims(),
        *_heat(),
        *_words(),
    ]


def _work(rng: random.Random, way: int) -> Question:
    force = rng.choice([20, 40, 150])
    return number(
        EASY,
        fill(
            "On pousse un meuble sur $way m avec une force constante de $force N dans le sens du mouvement. "
            "Quel travail fournit-on ?",
            way=way,
            force=force,
        ),
        force * way,
        fill(r"\(W = F d = $force \cdot $way = $work\ \text{J}\).", force=force, way=way, work=force * way),
        within="0.5",
        unit="J",
    ).or_in("kJ", 1000)


def _kinetic(rng: random.Random, mass: int) -> Question:
    speed = rng.choice([3, 5, 10])
    energy = mass * speed**2 // 2

    def joules(value: int) -> str:
        return f"{value} J"

    return one_of(
        MEDIUM,
        fill("Quelle est l’énergie cinétique d’un corps de $mass kg qui avance à $speed m/s ?", mass=mass, speed=speed),
        joules(energy),
        [joules(value) for value in (mass * speed, mass * speed**2, energy // 2 or 1, energy + mass, energy * 4)],
        fill(
            r"\(E_c = \frac{1}{2} m v^2 = \frac{1}{2} \cdot $mass \cdot $speed^2 = $energy\ \text{J}\).",
            mass=mass,
            speed=speed,
            energy=energy,
        ),
    )


def _power(rng: random.Random, time: int) -> Question:
    power = rng.choice([150, 250, 600])
    return number(
        MEDIUM,
        fill(
            "Un moteur fournit un travail de $work J en $time s. Quelle est sa puissance moyenne ?",
            work=power * time,
            time=time,
        ),
        power,
        fill(
            r"\(P = \frac{W}{t} = \frac{$work}{$time} = $power\ "
            r"\text{W}\).",
            work=power * time,
            time=time,
            power=power,
        ),
        within=1,
        unit="W",
    ).or_in("kW", 1000)


def _potential(rng: random.Random) -> Question:
    mass, height = rng.choice([(50, 4), (20, 15), (70, 10)])
    energy = f"{mass * height * 9.8:.0f}"
    return number(
        EASY,
        f"On soulève une charge de {mass} kg de {height} m. De combien augmente son énergie potentielle ? "
        "On prendra g = 9,8 N/kg.",
        energy,
        fill(
            r"\(E_p = mgh = $mass \cdot 9{,}8 \cdot $height = $energy\ "
            r"\text{J}\).",
            mass=mass,
            height=height,
            energy=energy,
        ),
        within=5,
        unit="J",
    ).or_in("kJ", 1000)


def _coaster_card() -> Card:
    card = Card()
    base = 280
    card.line([(30, base), (530, base)], color=GREY)
    track = smooth([(50, 62), (240, 262), (390, 150), (510, 262)])
    card.area([*track, (510, base), (50, base)], fill=FAINT, width=0)
    card.line(track, color=BLUE, width=4)
    for (x, y), name in zip(((56, 62), (240, 262), (390, 150)), "ABC", strict=True):
        card.circle((x, y - 10), 9, fill=RED, color=RED)
        card.text((x, y - 34), name)
    card.arrow((30, base), (30, 48), color=GREEN, width=2)
    card.text((30, 34), "h", color=GREEN)
    return card


COASTER_IN_WORDS = (
    "Une piste de montagnes russes : le wagon part de A, tout en haut, passe par B, le point le plus bas, "
    "puis par C, à mi-hauteur."
)


def _roller_coaster() -> list[Question]:
    return [
        one_of(
            EASY,
            "Le wagon du dessin part de A sans vitesse et roule sans frottement. En quel point va-t-il le plus vite ?",
            "en B",
            ["en A", "en C", "partout à la même vitesse"],
            "L’énergie totale est constante : là où l’énergie potentielle est la plus petite, la vitesse est la plus "
            "grande.",
        ).showing(COASTER_IN_WORDS, _coaster_card),
        match(
            MEDIUM,
            "Le wagon part de A sans vitesse et roule sans frottement. Associez chaque point à ce qui y est vrai.",
            [
                ("A", "toute l’énergie est potentielle"),
                ("B", "l’énergie cinétique est la plus grande"),
                ("C", "les deux énergies sont présentes, la potentielle plus grande qu’en B"),
            ],
            "L’énergie potentielle suit la hauteur ; la somme des deux énergies ne change pas.",
            extra=["l’énergie totale est nulle"],
        ).showing(COASTER_IN_WORDS, _coaster_card),
    ]


def _conservation() -> list[Question]:
    return [
        number(
            HARD,
            "Un wagon descend sans frottement d’une hauteur de 20 m, sans vitesse initiale. "
            "Quelle est sa vitesse en bas ? On prendra g = 10 m/s².",
            20,
            r"\(\frac{1}{2} v^2 = gh\), donc \(v = \sqrt{2gh} = \sqrt{2 \cdot 10 \cdot 20} = 20\ \text{m/s}\). "
            "La masse n’intervient pas.",
            within="0.2",
            unit="m/s",
        ).or_in("km/h", "0.27777778"),
        one_of(
            MEDIUM,
            "La vitesse d’une voiture double. Que devient son énergie cinétique ?",
            "Elle est multipliée par 4.",
            ["Elle est multipliée par 2.", "Elle est multipliée par 8.", "Elle ne change pas."],
            r"\(E_c\) est proportionnelle à \(v^2\), et \(2^2 = 4\).",
        ),
    ]


def _efficiency() -> list[Question]:
    return [
        number(
            MEDIUM,
            "Une ampoule reçoit 40 J d’énergie électrique et en rend 12 J sous forme de lumière. "
            "Quel est son rendement, en pour cent ?",
            30,
            r"\(\eta = \frac{12}{40} = 0{,}30 = 30\ \%\).",
            within="0.1",
            unit="%",
        ),
        number(
            HARD,
            "Combien d’énergie consomme un radiateur de 1500 W en 2 heures, en kilowattheures ?",
            3,
            r"\(E = P t = 1{,}5\ \text{kW} \cdot 2\ \text{h} = 3\ \text{kWh}\).",
            within="0.01",
            unit="kWh",
        ),
    ]


def _forms() -> list[Question]:
    return [
        match(
            EASY,
            "Associez chaque appareil à la transformation d’énergie qu’il réalise.",
            [
                ("moteur électrique", "électrique → mécanique"),
                ("dynamo", "mécanique → électrique"),
                ("pile", "chimique → électrique"),
                ("panneau photovoltaïque", "lumineuse → électrique"),
            ],
            "On part de ce que l’appareil reçoit et on arrive à ce qu’on lui demande.",
            extra=["électrique → chimique"],
        ),
        some_of(
            EASY,
            "Lesquelles de ces sources d’énergie sont renouvelables ?",
            ["le vent", "le rayonnement du Soleil", "l’eau des rivières"],
            ["le charbon", "le gaz naturel", "l’uranium"],
            "Les sources renouvelables se reconstituent à l’échelle d’une vie humaine.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            MEDIUM,
            "Quand on porte une valise à l’horizontale à vitesse constante, le poids de la valise ne travaille pas.",
            True,
            "Le poids est perpendiculaire au déplacement : son travail est nul.",
        ),
        claim(
            EASY,
            "L’énergie peut disparaître quand il y a des frottements.",
            False,
            "Elle se transforme en énergie thermique ; l’énergie totale est conservée.",
        ),
    ]


def _heat() -> list[Question]:
    return [
        number(
            HARD,
            "Quelle énergie faut-il pour chauffer 2 kg d’eau de 20 °C à 70 °C ? "
            "La capacité thermique massique de l’eau est 4180 J/(kg·K).",
            418,
            r"\(Q = mc\,\Delta T = 2 \cdot 4180 \cdot 50 = 418\,000\ \text{J} = 418\ \text{kJ}\).",
            within=2,
            unit="kJ",
        ).or_in("J", "0.001"),
    ]


def _words() -> list[Question]:
    return [
        claim(
            HARD,
            "Une balle qui rebondit sur le sol sans perte d’énergie remonte à sa hauteur de départ.",
            True,
            "Sans perte, l’énergie cinétique juste après le choc redevient toute l’énergie potentielle du départ.",
        ),
        word(
            EASY,
            "Quelle est l’unité de puissance du Système international ?",
            ["watt", "le watt", "W", "watts"],
            "Un watt est un joule par seconde.",
        ),
    ]
