"""Chinese words: opposites, set phrases, characters."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "词汇与成语"

OPPOSITES = [
    ("大", "小"),
    ("快", "慢"),
    ("高", "矮"),
    ("热闹", "安静"),
    ("困难", "容易"),
    ("成功", "失败"),
    ("勤劳", "懒惰"),
    ("开始", "结束"),
]
IDIOMS = [
    ("画蛇添足", "做了多余的事，反而坏了事"),
    ("守株待兔", "不努力，只想碰运气"),
    ("亡羊补牢", "出了问题以后及时补救"),
    ("井底之蛙", "见识很少的人"),
    ("对牛弹琴", "说话不看对象"),
    ("半途而废", "做事没有做完就停下来"),
    ("自相矛盾", "自己的话前后不一致"),
    ("一举两得", "做一件事得到两种好处"),
]
RADICALS = [("河", "氵"), ("树", "木"), ("妈", "女"), ("铁", "钅"), ("饭", "饣"), ("说", "讠"), ("打", "扌")]
"""A character and the part of it under which dictionaries list it."""


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    opposites = rng.sample(OPPOSITES, 7)
    idioms = rng.sample(IDIOMS, 8)
    return [
        *[_opposite(rng, row) for row in opposites[:2]],
        _opposites_to_match(opposites[2:]),
        *[_idiom(rng, row) for row in idioms[:3]],
        _idioms_to_match(idioms[3:]),
        *_missing_characters(),
        *[_radical(rng, row) for row in rng.sample(RADICALS, 2)],
        *_similar(),
        *_sounds(),
        *_strokes(),
        *_claims(),
    ]


def _opposite(rng: random.Random, row: tuple[str, str]) -> Question:
    first, second = row
    return one_of(
        EASY,
        f"“{first}”的反义词是哪一个？",
        second,
        [other for _first, other in others(rng, row, OPPOSITES, 3)],
        f"“{first}”的反义词是“{second}”。",
    )


def _opposites_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        EASY,
        "请把每个词和它的反义词配对。",
        rows[:4],
        "；".join(f"{first}—{second}" for first, second in rows[:4]) + "。",
        extra=[rows[4][1]],
    )


def _idiom(rng: random.Random, row: tuple[str, str]) -> Question:
    phrase, meaning = row
    return one_of(
        MEDIUM,
        f"成语“{phrase}”是什么意思？",
        meaning,
        [other for _phrase, other in others(rng, row, IDIOMS, 3)],
        f"“{phrase}”的意思是：{meaning}。",
    )


def _idioms_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        HARD,
        "请把成语和意思配对。",
        rows[:4],
        "；".join(f"{phrase}：{meaning}" for phrase, meaning in rows[:4]) + "。",
        extra=[rows[4][1]],
    )


def _missing_characters() -> list[Question]:
    return [
        word(EASY, "请填一个字，完成成语：一心一____。", ["意"], "“一心一意”表示专心。"),
        word(MEDIUM, "请填一个字，完成成语：百____不如一见。", ["闻"], "“百闻不如一见”：听一百次不如亲眼看一次。"),
        word(HARD, "请填一个字，完成成语：刻舟求____。", ["剑", "劍"], "“刻舟求剑”比喻不知道随着情况变化而变化。"),
    ]


def _radical(rng: random.Random, row: tuple[str, str]) -> Question:
    character, radical = row
    return one_of(
        MEDIUM,
        f"“{character}”字的部首是什么？",
        radical,
        [other for _character, other in others(rng, row, RADICALS, 3)],
        f"“{character}”的部首是“{radical}”。",
    )


def _similar() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "下面哪些词和“高兴”意思相近？",
            ["快乐", "愉快", "开心"],
            ["难过", "生气", "担心"],
            "“快乐”“愉快”“开心”都表示心情好。",
        ),
        some_of(
            EASY,
            "下面哪些字是表示水的“氵”旁？",
            ["海", "湖", "河"],
            ["树", "灯", "铁"],
            "“海”“湖”“河”左边都是三点水。",
        ),
    ]


def _sounds() -> list[Question]:
    return [
        one_of(
            EASY,
            "“学习”的拼音是哪一个？",
            "xué xí",
            ["xuě xī", "shuéxí", "xué sí"],
            "“学”和“习”都是第二声：xué xí。",
        ),
        one_of(
            HARD,
            "“银行”的“行”和下面哪个词里的“行”读音相同？",
            "行业",
            ["行走", "旅行", "不行"],
            "“银行”“行业”读 háng，其他读 xíng。",
        ),
    ]


def _strokes() -> list[Question]:
    return [
        number(EASY, "“木”字有几画？", 4, "横、竖、撇、捺，一共四画。"),
        number(MEDIUM, "“国”字有几画？", 8, "外面的“囗”三画，里面的“玉”五画，一共八画。"),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "“妈”“马”“骂”的声调都相同。", False, "它们的声调不同：mā、mǎ、mà。"),
        claim(MEDIUM, "“亡羊补牢”劝人：出了错，马上改正还不算晚。", True, "羊丢了再修羊圈，还能保住其余的羊。"),
    ]
