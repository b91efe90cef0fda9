"""History of China: dynasties, inventions, people, dates."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "中国历史"

FOUNDERS = [
    ("秦朝", "秦始皇嬴政"),
    ("汉朝", "刘邦"),
    ("唐朝", "李渊"),
    ("宋朝", "赵匡胤"),
    ("元朝", "忽必烈"),
    ("明朝", "朱元璋"),
]
BEGINNINGS = [("唐朝", 618), ("宋朝", 960), ("元朝", 1271), ("明朝", 1368), ("隋朝", 581)]
"""The first year of a dynasty, of the Common Era."""
AUTHORS = [
    ("司马迁", "《史记》"),
    ("曹雪芹", "《红楼梦》"),
    ("吴承恩", "《西游记》"),
    ("施耐庵", "《水浒传》"),
    ("罗贯中", "《三国演义》"),
    ("李时珍", "《本草纲目》"),
]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    authors = rng.sample(AUTHORS, 6)
    beginnings = rng.sample(BEGINNINGS, 5)
    return [
        *[_founder(rng, row) for row in rng.sample(FOUNDERS, 2)],
        *[_beginning(row) for row in beginnings[:2]],
        _beginnings_to_match(beginnings),
        _author(rng, authors[0]),
        _authors_to_match(authors[1:]),
        *_order(),
        *_inventions(),
        *_people(),
        *_events(),
        *_years(),
        *_claims(),
    ]


def _founder(rng: random.Random, row: tuple[str, str]) -> Question:
    dynasty, founder = row
    return one_of(
        MEDIUM,
        f"{dynasty}是谁建立的？",
        founder,
        [other for _dynasty, other in others(rng, row, FOUNDERS, 3)],
        f"{dynasty}的建立者是{founder}。",
    )


def _beginning(row: tuple[str, int]) -> Question:
    dynasty, year = row
    return number(HARD, f"{dynasty}建立于公元哪一年？", year, f"{dynasty}建立于公元 {year} 年。")


def _beginnings_to_match(rows: list[tuple[str, int]]) -> Question:
    return match(
        HARD,
        "请把朝代和建立的年份配对。",
        [(dynasty, f"{year} 年") for dynasty, year in rows[:4]],
        "；".join(f"{dynasty}：{year} 年" for dynasty, year in rows[:4]) + "。",
        extra=[f"{rows[4][1]} 年"],
    )


def _author(rng: random.Random, row: tuple[str, str]) -> Question:
    author, work = row
    return one_of(
        EASY,
        f"{work}的作者是谁？",
        author,
        [other for other, _work in others(rng, row, AUTHORS, 3)],
        f"{work}的作者一般认为是{author}。",
    )


def _authors_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        MEDIUM,
        "请把作者和作品配对。",
        rows[:4],
        "；".join(f"{author}{work}" for author, work in rows[:4]) + "。",
        extra=[rows[4][1]],
    )


def _order() -> list[Question]:
    return [
        one_of(
            EASY,
            "哪一个时间顺序是正确的？",
            "秦、汉、唐、宋、元、明、清",
            ["汉、秦、唐、宋、元、明、清", "秦、汉、宋、唐、明、元、清", "唐、宋、秦、汉、元、清、明"],
            "秦统一全国以后是汉，后来有唐、宋、元、明、清。",
        ),
        one_of(
            MEDIUM,
            "下面哪个朝代最早？",
            "商朝",
            ["周朝", "汉朝", "隋朝"],
            "商朝在周朝以前，有甲骨文为证。",
        ),
    ]


def _inventions() -> list[Question]:
    return [
        some_of(
            EASY,
            "下面哪些属于中国古代的“四大发明”？",
            ["造纸术", "指南针", "火药"],
            ["望远镜", "蒸汽机", "眼镜"],
            "四大发明是造纸术、印刷术、指南针和火药。",
        ),
        one_of(
            MEDIUM,
            "一般认为活字印刷术是谁发明的？",
            "毕昇",
            ["蔡伦", "张衡", "祖冲之"],
            "北宋的毕昇发明了泥活字；蔡伦改进了造纸术。",
        ),
    ]


def _people() -> list[Question]:
    return [
        word(
            EASY,
            "《论语》记录了哪位思想家和他弟子的言行？",
            ["孔子", "孔丘", "孔夫子"],
            "《论语》记录的是孔子和弟子的言行。",
        ),
        word(MEDIUM, "明朝七次下西洋的航海家是谁？", ["郑和", "鄭和"], "郑和从 1405 年到 1433 年七次远航。"),
        some_of(
            MEDIUM,
            "下面哪些人是唐朝的诗人？",
            ["李白", "杜甫", "白居易"],
            ["苏轼", "屈原", "鲁迅"],
            "苏轼是宋朝人，屈原是战国时代楚国人，鲁迅是现代作家。",
        ),
    ]


def _events() -> list[Question]:
    return [
        one_of(
            HARD,
            "赤壁之战中，和曹操作战的是谁？",
            "孙权和刘备的联军",
            ["项羽和刘邦的联军", "岳飞的军队", "成吉思汗的军队"],
            "公元 208 年，孙刘联军在赤壁打败曹操，后来形成三国鼎立。",
        ),
        number(
            MEDIUM,
            "辛亥革命发生在公元哪一年？",
            1911,
            "1911 年是农历辛亥年，武昌起义在这一年爆发。",
        ),
        one_of(
            HARD,
            "丝绸之路是在哪个朝代由张骞出使西域而打通的？",
            "西汉",
            ["唐朝", "秦朝", "元朝"],
            "汉武帝派张骞出使西域，时间在公元前二世纪。",
        ),
    ]


def _years() -> list[Question]:
    return [
        number(
            EASY,
            "唐朝从公元 618 年到 907 年。一共经过多少年？",
            289,
            r"\(907 - 618 = 289\)。",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "秦始皇统一了文字和度量衡。", True, "公元前 221 年统一六国后，他推行小篆和统一的度量衡。"),
        claim(MEDIUM, "北京故宫是在唐朝建成的。", False, "故宫建于明朝，1420 年建成。"),
    ]
