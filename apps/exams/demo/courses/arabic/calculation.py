"""Arithmetic and geometry, in Arabic."""

import random
from fractions import Fraction

from apps.exams.demo.drawing import BLUE, GREY, INK, RED, Card
from apps.exams.demo.notation import fill, fraction, inline
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "الحساب والهندسة"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_percentage(rng, share) for share in rng.sample([15, 20, 25, 40], 2)],
        *[_fraction_sum(pair) for pair in rng.sample([(3, 4), (2, 5), (4, 6), (3, 7)], 2)],
        *[_equation(rng, root) for root in rng.sample([3, 4, 6, 7, 9], 2)],
        *_triangles(),
        *_circles(),
        *_areas(),
        *_sequences(),
        *_primes(),
        *_rates(),
        *_claims(),
        *_words(),
    ]


def _percentage(rng: random.Random, share: int) -> Question:
    price = rng.choice([120, 200, 360, 500])
    saved = Fraction(price * share, 100)
    return number(
        EASY,
        f"ثمن حقيبة {price} درهمًا، وخُفّض بنسبة {share} %. كم درهمًا صار ثمنها؟",
        price - saved,
        fill(
            r"قيمة التخفيض \(\frac{$share}{100} \cdot $price = $saved\)، والثمن الجديد \($price - $saved = $left\).",
            share=share,
            price=price,
            saved=f"{float(saved):g}",
            left=f"{float(price - saved):g}",
        ),
        within="0.01",
    )


def _fraction_sum(pair: tuple[int, int]) -> Question:
    first, second = pair
    total = Fraction(1, first) + Fraction(1, second)
    return one_of(
        MEDIUM,
        fill(r"ما ناتج \(\frac{1}{$p} + \frac{1}{$q}\)؟", p=first, q=second),
        inline(fraction(total)),
        [
            inline(fraction(value))
            for value in (
                Fraction(2, first + second),
                Fraction(1, first * second),
                Fraction(1, first + second),
                Fraction(first, second),
            )
        ],
        fill(r"نوحّد المقامات ثم نجمع البسطين: \($total\).", total=total),
    )


def _equation(rng: random.Random, root: int) -> Question:
    a, b = rng.choice([2, 3, 5]), rng.choice([1, 4, 7])
    return number(
        MEDIUM,
        fill(r"حُلّ المعادلة \(${a}x + $b = $total\). ما قيمة \(x\)؟", a=a, b=b, total=a * root + b),
        root,
        fill(
            r"نطرح \($b\) من الطرفين: \(${a}x = $rest\)، ثم نقسم على \($a\): \(x = $root\).",
            a=a,
            b=b,
            rest=a * root,
            root=root,
        ),
    )


def _right_triangle_card(base: str, height: str, slant: str) -> Card:
    card = Card(width=440)
    corner, right, top = (100.0, 260.0), (340.0, 260.0), (100.0, 80.0)
    card.area([corner, right, top])
    card.line([(100, 240), (120, 240), (120, 260)], color=GREY)
    card.text((220, 284), base, size=20)
    card.text((78, 170), height, size=20)
    card.text((238, 154), slant, size=20, color=RED)
    return card


def _angle_card() -> Card:
    card = Card(width=440)
    left, right, top = (70.0, 260.0), (370.0, 260.0), (180.0, 70.0)
    card.area([left, right, top])
    card.text((112, 240), "60°", size=18)
    card.text((318, 244), "45°", size=18)
    card.text((188, 112), "x", size=20, color=RED)
    return card


def _triangles() -> list[Question]:
    return [
        number(
            MEDIUM,
            "مثلث قائم الزاوية ضلعاه القائمان 8 سم و6 سم كما في الرسم. كم سنتيمترًا طول الوتر x؟",
            10,
            r"حسب مبرهنة فيثاغورس: \(\sqrt{8^2 + 6^2} = \sqrt{100} = 10\).",
            within="0.01",
            unit="سم",
        ).showing("مثلث قائم الزاوية: القاعدة 8، والارتفاع 6، والوتر x.", lambda: _right_triangle_card("8", "6", "x")),
        number(
            EASY,
            "مثلث قائم الزاوية ضلعاه القائمان 12 سم و9 سم كما في الرسم. كم مساحته؟",
            54,
            r"\(\frac{12 \cdot 9}{2} = 54\).",
            within="0.1",
            unit="سم²",
        ).showing("مثلث قائم الزاوية: القاعدة 12 والارتفاع 9.", lambda: _right_triangle_card("12", "9", "")),
        number(
            EASY,
            "كم درجةً قياس الزاوية x في الرسم؟",
            75,
            r"مجموع زوايا المثلث 180°: \(180 - 60 - 45 = 75\).",
            unit="°",
        ).showing("مثلث زاويتاه عند القاعدة 60 و45 درجة، والزاوية العليا x.", _angle_card),
    ]


def _circle_card() -> Card:
    card = Card(width=440)
    card.circle((220, 160), 120, fill="#e8f0fb")
    card.line([(220, 160), (340, 160)], color=BLUE, width=3)
    card.circle((220, 160), 4, fill=INK)
    card.text((280, 142), "7", size=20, color=BLUE)
    return card


def _circles() -> list[Question]:
    return [
        number(
            MEDIUM,
            r"دائرة نصف قطرها 7 سم كما في الرسم. كم محيطها؟ خذ \(\pi = \frac{22}{7}\).",
            44,
            r"\(2 \pi r = 2 \cdot \frac{22}{7} \cdot 7 = 44\).",
            within="0.1",
            unit="سم",
        ).showing("دائرة نصف قطرها 7.", _circle_card),
        one_of(
            HARD,
            "إذا ضُوعف نصف قطر دائرة، فماذا يحدث لمساحتها؟",
            "تصبح أربعة أمثال",
            ["تتضاعف", "تصبح ثمانية أمثال", "لا تتغير"],
            r"المساحة \(\pi r^2\)، و\((2r)^2 = 4r^2\).",
        ),
    ]


def _areas() -> list[Question]:
    return [
        match(
            EASY,
            "صِل كل شكل بقانون مساحته.",
            [
                ("المستطيل", "الطول × العرض"),
                ("المثلث", "نصف القاعدة × الارتفاع"),
                ("المربع", "الضلع × الضلع"),
                ("الدائرة", "π × مربع نصف القطر"),
            ],
            "هذه القوانين الأربعة أساس حساب المساحات.",
            extra=["2 × (الطول + العرض)"],
        ),
    ]


def _sequences() -> list[Question]:
    return [
        number(EASY, r"ما العدد التالي في المتتالية \(3, 7, 11, 15, \dots\)؟", 19, "نضيف 4 في كل مرة."),
        number(HARD, r"ما مجموع الأعداد الصحيحة من 1 إلى 50؟", 1275, r"\(\frac{50 \cdot 51}{2} = 1275\)."),
    ]


def _primes() -> list[Question]:
    return [
        some_of(
            EASY,
            r"أيّ هذه الأعداد تساوي \(\frac{3}{4}\)؟",
            [r"\(\frac{6}{8}\)", r"\(\frac{9}{12}\)", r"\(0.75\)"],
            [r"\(\frac{4}{3}\)", r"\(\frac{6}{9}\)"],
            "نضرب البسط والمقام في العدد نفسه فلا تتغير قيمة الكسر.",
        ),
        some_of(
            MEDIUM,
            "أيّ هذه الأعداد أولية؟",
            [r"\(17\)", r"\(29\)", r"\(2\)"],
            [r"\(21\)", r"\(51\)", r"\(1\)"],
            r"\(21 = 3 \cdot 7\) و\(51 = 3 \cdot 17\)، والعدد 1 ليس أوليًا لأن له قاسمًا واحدًا.",
        ),
    ]


def _rates() -> list[Question]:
    return [
        number(
            HARD,
            "ينجز 6 عمال عملًا في 10 أيام. في كم يومًا ينجزه 4 عمال بالسرعة نفسها؟",
            15,
            r"العمل كله \(6 \cdot 10 = 60\) يومَ عامل، و\(60 : 4 = 15\).",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "كل مربع مستطيل.", True, "زوايا المربع كلها قائمة، فهو مستطيل تساوت أضلاعه."),
        claim(MEDIUM, r"\((a + b)^2 = a^2 + b^2\) لكل عددين.", False, r"الصحيح \(a^2 + 2ab + b^2\)."),
    ]


def _words() -> list[Question]:
    return [
        word(
            EASY,
            "ماذا يُسمّى أطول أضلاع المثلث القائم الزاوية؟",
            ["الوتر", "وتر"],
            "الوتر هو الضلع المقابل للزاوية القائمة.",
        ),
    ]
