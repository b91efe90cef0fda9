"""Arabic grammar: parts of speech and cases."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word
from apps.questionbank.models import Difficulty

TITLE = "النحو والإعراب"

ROLES = [
    ("حضر <strong>الطالبُ</strong> مبكّرًا.", "فاعل مرفوع", EASY),
    ("قرأ الولدُ <strong>القصةَ</strong>.", "مفعول به منصوب", EASY),
    ("<strong>العلمُ</strong> نورٌ.", "مبتدأ مرفوع", EASY),
    ("كان الجوُّ <strong>جميلًا</strong>.", "خبر كان منصوب", MEDIUM),
    ("إنّ <strong>الصبرَ</strong> مفتاحُ الفرج.", "اسم إنّ منصوب", MEDIUM),
    ("عاد الجنديُّ <strong>منتصرًا</strong>.", "حال منصوبة", HARD),
    ("اشتريتُ عشرين <strong>كتابًا</strong>.", "تمييز منصوب", HARD),
]
"""A sentence with one word marked, and the role of that word."""


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_role(rng, row) for row in ROLES],
        *_parts_of_speech(),
        *_signs(),
        _sentence_to_match(),
        *_sentences(),
        *_claims(),
        *_counts(),
    ]


def _role(rng: random.Random, row: tuple[str, str, Difficulty]) -> Question:
    sentence, role, level = row
    wrong = rng.sample([other[1] for other in ROLES if other[1] != role], 3)
    return one_of(
        level,
        f"ما إعراب الكلمة البارزة؟ {sentence}",
        role,
        wrong,
        f"الكلمة البارزة في هذه الجملة {role}.",
    )


def _parts_of_speech() -> list[Question]:
    return [
        match(
            EASY,
            "صِل كل كلمة بنوعها.",
            [("مدرسة", "اسم"), ("يكتبُ", "فعل مضارع"), ("إلى", "حرف جر"), ("اقرأْ", "فعل أمر")],
            "الاسم يدل على شيء، والفعل يدل على حدث في زمن، والحرف لا يظهر معناه إلا مع غيره.",
            extra=["فعل ماضٍ"],
        ),
        some_of(
            EASY,
            "أيّ هذه الكلمات حروف جر؟",
            ["في", "على", "من"],
            ["لم", "هل", "أنتَ"],
            "«لم» حرف جزم، و«هل» حرف استفهام، و«أنتَ» ضمير، أما الباقي فحروف جر.",
        ),
        some_of(
            MEDIUM,
            "أيّ هذه الجمل جمل اسمية؟",
            ["الشمسُ مشرقةٌ.", "في البيتِ ضيوفٌ."],
            ["أشرقتِ الشمسُ.", "يلعبُ الأطفالُ.", "سافرْ غدًا."],
            "الجملة الاسمية تبدأ باسم، أو بشبه جملة هي خبر مقدّم، أما الفعلية فتبدأ بفعل.",
        ),
    ]


def _signs() -> list[Question]:
    return [
        match(
            HARD,
            "صِل كل كلمة بعلامة رفعها.",
            [("الطالبُ", "الضمة"), ("المعلمون", "الواو"), ("الكتابان", "الألف"), ("يكتبون", "ثبوت النون")],
            "يُرفع المفرد بالضمة، وجمع المذكر السالم بالواو، والمثنى بالألف، والأفعال الخمسة بثبوت النون.",
            extra=["الياء", "الكسرة"],
        ),
        one_of(
            MEDIUM,
            "ما علامة نصب جمع المؤنث السالم، كما في «رأيتُ المعلماتِ»؟",
            "الكسرة",
            ["الفتحة", "الياء", "الألف"],
            "يُنصب جمع المؤنث السالم بالكسرة نيابةً عن الفتحة.",
        ),
        one_of(
            MEDIUM,
            "ما علامة جزم الفعل في «لم يكتبْ»؟",
            "السكون",
            ["حذف النون", "الفتحة", "الضمة"],
            "«لم» تجزم الفعل المضارع، وعلامة جزم الصحيح الآخر السكون.",
        ),
    ]


def _sentence_to_match() -> Question:
    return match(
        HARD,
        "أعرِب: «شرحَ المعلمُ الدرسَ شرحًا واضحًا».",
        [
            ("المعلمُ", "فاعل"),
            ("الدرسَ", "مفعول به"),
            ("شرحًا", "مفعول مطلق"),
            ("واضحًا", "نعت"),
        ],
        "«شرحًا» مصدر الفعل نفسه فهو مفعول مطلق، و«واضحًا» يصفه فهو نعت.",
        extra=["حال", "خبر"],
    )


def _sentences() -> list[Question]:
    return [
        word(
            MEDIUM,
            "املأ الفراغ بالضمير المناسب: «______ طالبتان مجتهدتان» (للمخاطَبتين).",
            ["أنتما", "انتما"],
            "ضمير المثنى المخاطب، مذكرًا ومؤنثًا، هو «أنتما».",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(
            EASY, "الفاعل مرفوع دائمًا.", True, "الفاعل مرفوع، وقد تكون علامة رفعه الضمة أو الألف أو الواو، أو مقدّرة."
        ),
        claim(EASY, "الفعل «سيكتب» فعل ماضٍ.", False, "السين تدل على المستقبل، والفعل مضارع."),
        claim(
            MEDIUM, "«كان» تنصب المبتدأ وترفع الخبر.", False, "بل ترفع المبتدأ ويُسمّى اسمها، وتنصب الخبر ويُسمّى خبرها."
        ),
    ]


def _counts() -> list[Question]:
    return [
        number(EASY, "كم حرفًا في الأبجدية العربية؟", 28, "عددها ثمانية وعشرون حرفًا، من الألف إلى الياء."),
        number(
            MEDIUM,
            "كم حرفَ جرٍّ في الجملة: «ذهبتُ من البيتِ إلى المدرسةِ على دراجةٍ»؟",
            3,
            "الحروف هي: من، إلى، على.",
        ),
    ]
