"""Geography of China: provinces, rivers, mountains."""

import random

from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, others, some_of, word

TITLE = "中国地理"

CAPITALS = [
    ("四川省", "成都"),
    ("广东省", "广州"),
    ("浙江省", "杭州"),
    ("江苏省", "南京"),
    ("湖北省", "武汉"),
    ("陕西省", "西安"),
    ("云南省", "昆明"),
    ("山东省", "济南"),
    ("河南省", "郑州"),
    ("福建省", "福州"),
    ("辽宁省", "沈阳"),
    ("湖南省", "长沙"),
]


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    rows = rng.sample(CAPITALS, 11)
    return [
        *[_capital(rng, row) for row in rows[:3]],
        *[_province(rng, row) for row in rows[3:6]],
        _capitals_to_match(rows[6:]),
        *_rivers(),
        *_mountains(),
        *_cities(),
        *_climate(),
        *_maps(),
        *_claims(),
    ]


def _capital(rng: random.Random, row: tuple[str, str]) -> Question:
    province, capital = row
    return one_of(
        EASY,
        f"{province}的省会是哪个城市？",
        capital,
        [other for _province, other in others(rng, row, CAPITALS, 3)],
        f"{province}的省会是{capital}。",
    )


def _province(rng: random.Random, row: tuple[str, str]) -> Question:
    province, capital = row
    return one_of(
        MEDIUM,
        f"{capital}是哪个省的省会？",
        province,
        [other for other, _capital in others(rng, row, CAPITALS, 3)],
        f"{capital}是{province}的省会。",
    )


def _capitals_to_match(rows: list[tuple[str, str]]) -> Question:
    return match(
        MEDIUM,
        "请把省和省会配对。",
        rows[:4],
        "；".join(f"{province}—{capital}" for province, capital in rows[:4]) + "。",
        extra=[rows[4][1]],
    )


def _rivers() -> list[Question]:
    return [
        word(EASY, "中国最长的河是什么？", ["长江", "長江", "扬子江"], "长江全长约 6300 千米，是亚洲最长的河。"),
        one_of(
            EASY,
            "黄河流入哪个海？",
            "渤海",
            ["南海", "东海", "黄海"],
            "黄河在山东省流入渤海。",
        ),
        some_of(
            MEDIUM,
            "长江流经下面哪些城市？",
            ["重庆", "武汉", "南京"],
            ["北京", "西安", "昆明"],
            "长江从西向东流过重庆、武汉、南京，在上海附近入海。",
        ),
        number(
            HARD,
            "长江长约 6300 千米，黄河长约 5460 千米。长江比黄河长多少千米？",
            840,
            r"\(6300 - 5460 = 840\)。",
            unit="千米",
        ),
    ]


def _mountains() -> list[Question]:
    return [
        match(
            HARD,
            "请把名山和所在的省配对。",
            [("泰山", "山东省"), ("黄山", "安徽省"), ("华山", "陕西省"), ("峨眉山", "四川省")],
            "泰山在山东，黄山在安徽，华山在陕西，峨眉山在四川。",
            extra=["湖南省", "江西省"],
        ),
        word(
            MEDIUM,
            "世界上最高的山峰叫什么？（用汉语写）",
            ["珠穆朗玛峰", "珠峰", "珠穆朗瑪峰"],
            "珠穆朗玛峰高约 8848 米，在中国和尼泊尔的边界上。",
        ),
    ]


def _cities() -> list[Question]:
    return [
        some_of(
            MEDIUM,
            "下面哪些城市是直辖市？",
            ["北京", "天津", "重庆"],
            ["广州", "深圳", "成都"],
            "中国有四个直辖市：北京、天津、上海、重庆。",
        ),
    ]


def _climate() -> list[Question]:
    return [
        one_of(
            HARD,
            "秦岭—淮河一线大致和一月多少度的等温线一致？",
            "0 °C",
            ["10 °C", "−10 °C", "20 °C"],
            "这条线以北一月平均气温低于 0 °C，河流冬天结冰。",
        ),
    ]


def _maps() -> list[Question]:
    return [
        number(
            HARD,
            "地图的比例尺是 1 : 5000000，图上两地相距 4 厘米。实际距离是多少千米？",
            200,
            r"图上 1 厘米表示 50 千米：\(4 \cdot 50 = 200\)。",
            within=1,
            unit="千米",
        ),
        number(
            MEDIUM,
            "中国有多少个民族？",
            56,
            "中国有 56 个民族，其中汉族人口最多。",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "中国地势西高东低。", True, "西部有青藏高原，东部多平原，所以大河多向东流。"),
        claim(EASY, "海南岛是中国纬度最高的省份之一。", False, "海南在中国最南部，纬度很低。"),
        claim(MEDIUM, "全中国使用同一个标准时间。", True, "各地都用北京时间，即世界协调时加八小时。"),
    ]
