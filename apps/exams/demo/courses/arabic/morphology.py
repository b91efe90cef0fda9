"""Arabic words: plurals, roots, derived forms, opposites."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "الصرف والمفردات"

PLURALS = [
    ("كتاب", "كُتُب"),
    ("مدرسة", "مدارس"),
    ("قلم", "أقلام"),
    ("عالِم", "علماء"),
    ("مفتاح", "مفاتيح"),
    ("جبل", "جبال"),
    ("صديق", "أصدقاء"),
    ("نهر", "أنهار"),
]
ROOTS = [
    ("استخراج", "خ ر ج"),
    ("مكتبة", "ك ت ب"),
    ("انتظار", "ن ظ ر"),
    ("اجتماع", "ج م ع"),
    ("استقبال", "ق ب ل"),
    ("معلّم", "ع ل م"),
]
OPPOSITES = [
    ("طويل", "قصير"),
    ("كريم", "بخيل"),
    ("شجاع", "جبان"),
    ("قريب", "بعيد"),
    ("ثقيل", "خفيف"),
    ("غنيّ", "فقير"),
    ("سهل", "صعب"),
]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    roots = rng.sample(ROOTS, 4)
    opposites = rng.sample(OPPOSITES, 7)
    return [
        *[_root(rng, row) for row in roots],
        *[_opposite(rng, row) for row in opposites[:2]],
        _opposites_to_match(opposites[2:]),
        *_plurals(rng),
        *_derived(),
        *_kinds_of_plural(),
        *_duals(),
        *_claims(),
        *_letters(),
    ]


def _root(rng: random.Random, row: tuple[str, str]) -> Question:
    derived, root = row
    return one_of(
        MEDIUM,
        f"ما جذر كلمة «{derived}»؟",
        root,
        [other for _word, other in others(rng, row, ROOTS, 3)],
        f"إذا حُذفت حروف الزيادة من «{derived}» بقي الجذر {root}.",
    )


def _opposite(rng: random.Random, row: tuple[str, str]) -> Question:
    first, second = row
    return one_of(
        EASY,
        f"ما ضدّ كلمة «{first}»؟",
        second,
        [other for _first, other in others(rng, row, OPPOSITES, 3)],
        f"ضدّ «{first}» هو «{second}».",
    )


def _opposites_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        EASY,
        "صِل كل كلمة بضدّها.",
        rows[:4],
        "، ".join(f"{first} ضدّ {second}" for first, second in rows[:4]) + ".",
        extra=[rows[4][1]],
    )


def _plurals(rng: random.Random) -> list[Question]:
    rows = rng.sample(PLURALS, 5)
    return [
        match(
            EASY,
            "صِل كل مفرد بجمعه.",
            rows[:4],
            "هذه جموع تكسير: يتغيّر فيها بناء المفرد.",
            extra=[rows[4][1]],
        ),
        word(EASY, "ما مفرد كلمة «أبواب»؟", ["باب", "بابٌ"], "أبواب جمع باب على وزن أفعال."),
        word(MEDIUM, "ما مفرد كلمة «شعراء»؟", ["شاعر", "شاعرٌ"], "شعراء جمع شاعر على وزن فُعلاء."),
        word(HARD, "ما جمع كلمة «طبيب»؟ اكتب جمع التكسير.", ["أطباء", "أطبّاء", "اطباء"], "جمعها أطبّاء على وزن أفعِلاء."),
    ]


def _derived() -> list[Question]:
    return [
        match(
            MEDIUM,
            "كلها من الجذر (ك ت ب). صِل كل كلمة بنوعها.",
            [("كاتِب", "اسم فاعل"), ("مكتوب", "اسم مفعول"), ("مَكتَب", "اسم مكان"), ("كِتابة", "مصدر")],
            "اسم الفاعل على وزن فاعِل، واسم المفعول على وزن مفعول، واسم المكان على وزن مَفعَل.",
            extra=["صيغة مبالغة"],
        ),
        one_of(
            HARD,
            "ما وزن كلمة «استغفار»؟",
            "استفعال",
            ["افتعال", "انفعال", "تفعيل"],
            "الجذر غ ف ر، وزيدت الهمزة والسين والتاء والألف: استفعال.",
        ),
        one_of(
            HARD,
            "ما اسم المفعول من الفعل «باع»؟",
            "مَبيع",
            ["بائع", "مُباع عليه", "بَيّاع"],
            "باع فعل أجوف يائي، واسم المفعول منه مَبيع.",
        ),
        some_of(
            MEDIUM,
            "أيّ هذه الكلمات صيغ مبالغة؟",
            ["صبور", "كذّاب", "رحيم"],
            ["كاتب", "مكتوب", "مدرسة"],
            "من أوزان المبالغة: فَعول وفعّال وفعيل.",
        ),
    ]


def _kinds_of_plural() -> list[Question]:
    return [
        some_of(
            EASY,
            "أيّ هذه الجموع جمع مذكر سالم؟",
            ["معلمون", "مهندسون"],
            ["مساجد", "طالبات", "رجال"],
            "جمع المذكر السالم يُزاد فيه الواو والنون أو الياء والنون على المفرد دون تغيير.",
        ),
    ]


def _duals() -> list[Question]:
    return [
        word(EASY, "ما مثنّى كلمة «كتاب» في حالة الرفع؟", ["كتابان", "كتابانِ"], "يُرفع المثنى بالألف: كتابانِ."),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "كلمة «شمس» مؤنثة في العربية.", True, "نقول: هذه شمسٌ مشرقة، فهي مؤنث مجازي."),
        claim(
            MEDIUM,
            "«مستشفى» اسم ممدود.",
            False,
            "هو اسم مقصور لأنه ينتهي بألف لازمة؛ الممدود ينتهي بألف بعدها همزة، مثل «سماء».",
        ),
    ]


def _letters() -> list[Question]:
    return [
        number(MEDIUM, "كم حرفًا أصليًا في كلمة «استقبال»؟", 3, "الأصلية هي ق ب ل، والباقي حروف زيادة."),
    ]
