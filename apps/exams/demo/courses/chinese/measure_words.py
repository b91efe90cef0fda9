"""Chinese grammar: measure words, particles, order of words."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "量词与语法"

MEASURES = [
    ("书", "本"),
    ("纸", "张"),
    ("鱼", "条"),
    ("伞", "把"),
    ("马", "匹"),
    ("衣服", "件"),
    ("飞机", "架"),
    ("树", "棵"),
    ("山", "座"),
]
"""A noun and the word that stands between it and a number."""


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    rows = rng.sample(MEASURES, 9)
    return [
        *[_measure(rng, row) for row in rows[:4]],
        _measures_to_match(rows[4:]),
        *_measures_to_write(),
        *_particles(),
        *_order(),
        *_ba_and_bei(),
        *_conjunctions(),
        *_negation(),
        *_numbers(),
        *_claims(),
    ]


def _measure(rng: random.Random, row: tuple[str, str]) -> Question:
    noun, measure = row
    return one_of(
        EASY,
        f"请选择合适的量词：一____{noun}。",
        measure,
        [other for _noun, other in others(rng, row, MEASURES, 3)],
        f"应该说“一{measure}{noun}”。",
    )


def _measures_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        MEDIUM,
        "请给每个名词选一个量词。",
        rows[:4],
        "；".join(f"一{measure}{noun}" for noun, measure in rows[:4]) + "。",
        extra=[rows[4][1]],
    )


def _measures_to_write() -> list[Question]:
    return [
        word(MEDIUM, "请填量词：我家有三____人。（说家庭人数）", ["口"], "说家里有多少人，用“口”：三口人。"),
        word(HARD, "请填量词：他骑着一____自行车。", ["辆", "輛"], "车用“辆”：一辆自行车。"),
    ]


def _particles() -> list[Question]:
    return [
        match(
            MEDIUM,
            "请选择“的”“地”“得”填空。",
            [("漂亮____花", "的"), ("慢慢____走", "地"), ("跑____很快", "得")],
            "名词前用“的”，动词前用“地”，补语前用“得”。",
            extra=["了"],
        ),
        one_of(
            EASY,
            "哪一个字放在句尾，把句子变成问句？",
            "吗",
            ["了", "的", "把"],
            "“你是学生吗？”句尾加“吗”就是问句。",
        ),
        one_of(
            MEDIUM,
            "“我吃____饭了，不饿。”应该填哪一个？",
            "过",
            ["着", "得", "地"],
            "“过”表示动作已经完成或经历过。",
        ),
    ]


def _order() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            "下面哪个句子语序正确？",
            "我明天在图书馆看书。",
            ["我看书明天在图书馆。", "我在图书馆明天看书。", "看书我明天图书馆在。"],
            "一般顺序是：主语、时间、地点、动词、宾语。",
        ),
        one_of(
            HARD,
            "下面哪个句子语序正确？",
            "那本我昨天买的红色的书很有意思。",
            [
                "我昨天那本买的书红色的很有意思。",
                "红色的书那本我昨天买的有意思很。",
                "书红色的那本我昨天买的很有意思。",
            ],
            "定语都放在名词“书”的前面。",
        ),
    ]


def _ba_and_bei() -> list[Question]:
    return [
        one_of(
            HARD,
            "“弟弟打破了杯子。”改成“把”字句，哪一个正确？",
            "弟弟把杯子打破了。",
            ["杯子把弟弟打破了。", "弟弟打破把杯子了。", "把弟弟杯子打破了。"],
            "“把”后面是受动作影响的事物，动词在它后面。",
        ),
        some_of(
            HARD,
            "哪些句子和“小狗被他抱走了”意思相同？",
            ["他抱走了小狗。", "他把小狗抱走了。"],
            ["小狗把他抱走了。", "小狗抱走了他。"],
            "“被”前面的小狗是被抱走的，“他”是做动作的人。",
        ),
    ]


def _conjunctions() -> list[Question]:
    return [
        match(
            MEDIUM,
            "请把关联词配对。",
            [("因为", "所以"), ("虽然", "但是"), ("如果", "就"), ("只有", "才")],
            "因为……所以……；虽然……但是……；如果……就……；只有……才……。",
            extra=["而且"],
        ),
    ]


def _negation() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "哪些句子是正确的？",
            ["我没有钱。", "昨天他没来。", "我不是老师。"],
            ["我不有钱。", "我没是老师。"],
            "“有”用“没”否定，“是”用“不”否定；过去没有发生的事用“没”。",
        ),
    ]


def _numbers() -> list[Question]:
    return [
        number(EASY, "“三百零五”写成数字是多少？", 305, "三百是 300，零五是 05，合起来是 305。"),
        number(MEDIUM, "“两万四千”写成数字是多少？", 24000, "一万是 10000，所以两万四千是 24000。"),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "汉语的动词不随人称变化。", True, "“我去”“他去”“我们去”，动词都是“去”。"),
        claim(EASY, "“二个人”比“两个人”更正确。", False, "量词前一般用“两”：两个人。"),
    ]
