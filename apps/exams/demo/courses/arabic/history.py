"""History of Arab and Islamic civilisation: events, scholars, places."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "تاريخ الحضارة"

EVENTS = [
    ("الهجرة النبوية إلى المدينة", 622),
    ("فتح الأندلس", 711),
    ("تأسيس مدينة بغداد", 762),
    ("تأسيس مدينة القاهرة", 969),
    ("معركة حطين", 1187),
    ("سقوط بغداد بيد المغول", 1258),
    ("معركة عين جالوت", 1260),
    ("فتح القسطنطينية", 1453),
    ("سقوط غرناطة", 1492),
    ("افتتاح قناة السويس", 1869),
]
WORKS = [
    ("الخوارزمي", "الجبر والمقابلة"),
    ("ابن سينا", "القانون في الطب"),
    ("ابن الهيثم", "المناظر"),
    ("ابن خلدون", "المقدمة"),
    ("الإدريسي", "نزهة المشتاق"),
    ("الجاحظ", "الحيوان"),
    ("سيبويه", "الكتاب"),
]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    events = rng.sample(EVENTS, 9)
    works = rng.sample(WORKS, 7)
    return [
        *[_year(event) for event in events[:3]],
        *[_year_to_choose(rng, event) for event in events[3:5]],
        _years_to_match(events[5:9]),
        *[_author(rng, row) for row in works[:2]],
        _authors_to_match(works[2:]),
        *_people(),
        *_places(),
        *_order(),
        *_claims(),
        *_numbers(),
    ]


def _year(event: tuple[str, int]) -> Question:
    name, year = event
    return number(HARD, f"في أيّ سنة ميلادية كان هذا الحدث: {name}؟", year, f"كان ذلك سنة {year} م.")


def _year_to_choose(rng: random.Random, event: tuple[str, int]) -> Question:
    name, year = event
    return one_of(
        MEDIUM,
        f"في أيّ سنة ميلادية كان هذا الحدث: {name}؟",
        f"{year} م",
        [f"{other} م" for _name, other in others(rng, event, EVENTS, 3)],
        f"كان ذلك سنة {year} م.",
    )


def _years_to_match(events: list[tuple[str, int]]) -> Question:
    return match(
        MEDIUM,
        "صِل كل حدث بسنته الميلادية.",
        [(name, str(year)) for name, year in events],
        "، ".join(f"{name}: {year}" for name, year in sorted(events, key=lambda event: event[1])) + ".",
        extra=["1099"],
    )


def _author(rng: random.Random, row: tuple[str, str]) -> Question:
    author, work = row
    return one_of(
        EASY,
        f"من مؤلف كتاب «{work}»؟",
        author,
        [other for other, _work in others(rng, row, WORKS, 3)],
        f"مؤلف «{work}» هو {author}.",
    )


def _authors_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        MEDIUM,
        "صِل كل عالِم بكتابه.",
        [(author, f"كتاب «{work}»") for author, work in rows[:4]],
        "، ".join(f"«{work}» لـ{author}" for author, work in rows[:4]) + ".",
        extra=[f"كتاب «{rows[4][1]}»"],
    )


def _people() -> list[Question]:
    return [
        word(
            EASY,
            "من الرحّالة المغربي الذي طاف العالم في القرن الرابع عشر الميلادي وأملى رحلته؟",
            ["ابن بطوطة", "ابن بطّوطة", "إبن بطوطة"],
            "انطلق ابن بطوطة من طنجة سنة 1325 م ودامت رحلاته نحو ثلاثين سنة.",
        ),
        one_of(
            MEDIUM,
            "من أول من وصف الدورة الدموية الصغرى؟",
            "ابن النفيس",
            ["الرازي", "الكندي", "ابن رشد"],
            "وصفها ابن النفيس في القرن الثالث عشر الميلادي في شرحه لتشريح القانون.",
        ),
        some_of(
            MEDIUM,
            "أيّ هؤلاء عُرفوا بالرياضيات؟",
            ["الخوارزمي", "عمر الخيام", "ثابت بن قرة"],
            ["سيبويه", "المتنبي", "الجاحظ"],
            "سيبويه نحويّ، والمتنبي شاعر، والجاحظ أديب.",
        ),
    ]


def _places() -> list[Question]:
    return [
        one_of(
            EASY,
            "في أيّ مدينة كان «بيت الحكمة» في العصر العباسي؟",
            "بغداد",
            ["دمشق", "قرطبة", "القاهرة"],
            "ازدهر بيت الحكمة في بغداد في عهد المأمون وكان مركزًا للترجمة.",
        ),
        match(
            HARD,
            "صِل كل مَعلم بمدينته.",
            [
                ("جامع القرويين", "فاس"),
                ("قصر الحمراء", "غرناطة"),
                ("الجامع الأزهر", "القاهرة"),
                ("الجامع الأموي", "دمشق"),
            ],
            "القرويين في فاس منذ 859 م، والحمراء في غرناطة، والأزهر في القاهرة، والأموي في دمشق.",
            extra=["قرطبة", "بغداد"],
        ),
    ]


def _order() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "أيّ ترتيب زمني للدول صحيح؟",
            "الأموية ثم العباسية ثم العثمانية",
            [
                "العباسية ثم الأموية ثم العثمانية",
                "العثمانية ثم الأموية ثم العباسية",
                "الأموية ثم العثمانية ثم العباسية",
            ],
            "بدأت الأموية سنة 661 م، والعباسية سنة 750 م، والعثمانية نحو سنة 1299 م.",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(MEDIUM, "كتب ابن خلدون «المقدمة» في القرن الرابع عشر الميلادي.", True, "أتمّها سنة 1377 م."),
        claim(EASY, "كلمة «الجبر» دخلت اللغات الأوروبية من العربية.", True, "منها algebra، من عنوان كتاب الخوارزمي."),
        claim(EASY, "بُنيت القاهرة قبل بغداد.", False, "أُسست بغداد سنة 762 م والقاهرة سنة 969 م."),
    ]


def _numbers() -> list[Question]:
    return [
        number(
            EASY,
            "أُسست بغداد سنة 762 م والقاهرة سنة 969 م. كم سنةً بينهما؟",
            207,
            r"\(969 - 762 = 207\).",
        ),
        one_of(
            HARD,
            "في أيّ قرن ميلادي كانت معركة عين جالوت سنة 1260؟",
            "الثالث عشر",
            ["الثاني عشر", "الرابع عشر", "العاشر"],
            "السنوات من 1201 إلى 1300 هي القرن الثالث عشر.",
        ),
    ]
