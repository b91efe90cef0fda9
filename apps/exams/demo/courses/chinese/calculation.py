"""Arithmetic, geometry and chance, in Chinese."""

import random
from fractions import Fraction

from apps.exams.demo.drawing import BLUE, GREY, RED, TINT, Card, Plot
from apps.exams.demo.notation import fill, fraction, inline
from apps.exams.demo.questions import EASY, HARD, MEDIUM, Question, claim, match, number, one_of, some_of, word

TITLE = "数学应用"


def questions(rng: random.Random) -> list[Question]:
    """Return the questions of the topic."""
    return [
        *[_speed(rng, hours) for hours in rng.sample([2, 3, 4, 5], 2)],
        *[_equation(rng, root) for root in rng.sample([-4, -2, 3, 5, 8], 2)],
        *[_common_divisor(pair) for pair in rng.sample([(12, 18), (24, 36), (20, 50), (16, 40)], 2)],
        *_heads_and_feet(),
        *_figures(),
        *_charts(),
        *_powers(),
        *_fractions(),
        *_chance(),
        *_claims(),
        *_words(),
    ]


def _speed(rng: random.Random, hours: int) -> Question:
    speed = rng.choice([60, 80, 120])
    return number(
        EASY,
        f"一列火车 {hours} 小时行驶了 {speed * hours} 千米。平均每小时行驶多少千米？",
        speed,
        fill(r"\($way \div $hours = $speed\)（千米/时）。", way=speed * hours, hours=hours, speed=speed),
        within="0.1",
        unit="千米/时",
    )


def _equation(rng: random.Random, root: int) -> Question:
    a, b = rng.choice([2, 3, 4]), rng.choice([5, 7, 9])

    def value(x: Fraction | int) -> str:
        return fill(r"\(x = $x\)", x=x)

    return one_of(
        MEDIUM,
        fill(r"解方程：\(${a}x + $b = $total\)。", a=a, b=b, total=a * root + b),
        value(root),
        [value(Fraction(a * root + 2 * b, a)), value(-root), value(a * root), value(root + 1)],
        fill(
            r"两边减去 \($b\)，得 \(${a}x = $rest\)；两边除以 \($a\)，得 \(x = $root\)。",
            a=a,
            b=b,
            rest=a * root,
            root=root,
        ),
    )


def _common_divisor(pair: tuple[int, int]) -> Question:
    first, second = pair
    divisor = Fraction(first, second).denominator
    greatest = second // divisor
    return number(
        MEDIUM,
        f"{first} 和 {second} 的最大公因数是多少？",
        greatest,
        fill(
            r"\($p = $g \cdot $a\)，\($q = $g \cdot $b\)，而 $a 和 $b 没有大于 1 的公因数。",
            p=first,
            q=second,
            g=greatest,
            a=first // greatest,
            b=second // greatest,
        ),
    )


def _heads_and_feet() -> list[Question]:
    return [
        number(
            HARD,
            "鸡兔同笼：一共有 35 个头，94 只脚。兔子有多少只？",
            12,
            r"如果都是鸡，有 70 只脚，少了 24 只；每只兔子多 2 只脚，所以兔子有 \(24 \div 2 = 12\) 只。",
            unit="只",
        ),
        number(
            HARD,
            "一个数除以 3 余 2，除以 5 余 3，除以 7 余 2。满足条件的最小正整数是多少？",
            23,
            r"\(23 = 3 \cdot 7 + 2 = 5 \cdot 4 + 3 = 7 \cdot 3 + 2\)。这是《孙子算经》里的名题。",
        ),
    ]


def _trapezium_card() -> Card:
    card = Card(width=440)
    card.area([(70, 250), (370, 250), (300, 90), (140, 90)], fill=TINT)
    card.dashed((140, 90), (140, 250), color=GREY)
    card.text((220, 72), "4", size=20)
    card.text((220, 274), "8", size=20)
    card.text((158, 176), "5", size=20, color=RED)
    return card


def _box_card() -> Card:
    card = Card(width=440)
    front = [(90.0, 120.0), (290.0, 120.0), (290.0, 260.0), (90.0, 260.0)]
    card.area([(90, 120), (150, 70), (350, 70), (290, 120)], fill="#f4f7fb")
    card.area([(290, 120), (350, 70), (350, 210), (290, 260)], fill="#dbe6f5")
    card.area(front, fill=TINT)
    card.text((190, 284), "5", size=20)
    card.text((334, 250), "3", size=20)
    card.text((68, 190), "4", size=20)
    return card


def _figures() -> list[Question]:
    return [
        number(
            MEDIUM,
            "求图中梯形的面积。上底 4 厘米，下底 8 厘米，高 5 厘米。",
            30,
            r"\(\frac{(4 + 8) \cdot 5}{2} = 30\)（平方厘米）。",
            within="0.1",
            unit="平方厘米",
        ).showing("一个梯形：上底 4，下底 8，高 5。", _trapezium_card),
        number(
            EASY,
            "求图中长方体的体积。长 5 厘米，宽 3 厘米，高 4 厘米。",
            60,
            r"\(5 \cdot 3 \cdot 4 = 60\)（立方厘米）。",
            within="0.1",
            unit="立方厘米",
        ).showing("一个长方体：长 5，宽 3，高 4。", _box_card),
        number(
            HARD,
            "求图中长方体的表面积。长 5 厘米，宽 3 厘米，高 4 厘米。",
            94,
            r"\(2 \cdot (5 \cdot 3 + 5 \cdot 4 + 3 \cdot 4) = 94\)（平方厘米）。",
            within="0.1",
            unit="平方厘米",
        ).showing("一个长方体：长 5，宽 3，高 4。", _box_card),
    ]


SALES = [3, 5, 2, 6]


def _chart_card() -> Card:
    card = Card()
    plot = Plot(card, x=(0, 4), y=(0, 7), step=(9, 1), names=("", ""))
    for place, count in enumerate(SALES):
        left, right = place + 0.2, place + 0.8
        card.area([plot.at(left, 0), plot.at(right, 0), plot.at(right, count), plot.at(left, count)], color=BLUE)
        card.text((plot.at(place + 0.5, 0)[0], card.height - 20), "ABCD"[place], size=16)
    return card


CHART_IN_WORDS = "条形图：A 是 3，B 是 5，C 是 2，D 是 6。"


def _charts() -> list[Question]:
    return [
        number(
            EASY,
            "条形图表示四个班借书的本数（单位：十本）。四个班一共借了多少本书？",
            160,
            r"\((3 + 5 + 2 + 6) \cdot 10 = 160\)（本）。",
            unit="本",
        ).showing(CHART_IN_WORDS, _chart_card),
        one_of(
            EASY,
            "条形图表示四个班借书的本数。哪个班借得最多？",
            "D",
            ["A", "B", "C"],
            "D 班的条形最高。",
        ).showing(CHART_IN_WORDS, _chart_card),
    ]


def _powers() -> list[Question]:
    return [
        match(
            MEDIUM,
            "请把算式和结果配对。",
            [(r"\(2^5\)", "32"), (r"\(3^3\)", "27"), (r"\(\sqrt{144}\)", "12"), (r"\(10^0\)", "1")],
            r"\(2^5 = 32\)，\(3^3 = 27\)，\(\sqrt{144} = 12\)，任何非零数的零次方都是 1。",
            extra=["0", "9"],
        ),
    ]


def _fractions() -> list[Question]:
    return [
        one_of(
            MEDIUM,
            r"计算：\(\frac{2}{3} \cdot \frac{9}{4}\)",
            inline(fraction(Fraction(3, 2))),
            [inline(fraction(value)) for value in (Fraction(11, 7), Fraction(8, 27), Fraction(2, 3))],
            r"\(\frac{2 \cdot 9}{3 \cdot 4} = \frac{18}{12} = \frac{3}{2}\)。",
        ),
        some_of(
            EASY,
            "下面哪些数是偶数？",
            [r"\(0\)", r"\(14\)", r"\(-6\)"],
            [r"\(7\)", r"\(31\)"],
            "能被 2 整除的整数是偶数，0 也是偶数。",
        ),
    ]


def _chance() -> list[Question]:
    return [
        one_of(
            HARD,
            "同时掷两枚硬币，至少有一枚正面朝上的概率是多少？",
            inline(fraction(Fraction(3, 4))),
            [inline(fraction(value)) for value in (Fraction(1, 2), Fraction(1, 4), Fraction(2, 3))],
            r"只有两枚都是反面时不满足：\(1 - \frac{1}{4} = \frac{3}{4}\)。",
        ),
    ]


def _claims() -> list[Question]:
    return [
        claim(EASY, "三角形的内角和是 180°。", True, "在平面上，任何三角形的三个内角加起来都是 180°。"),
        claim(MEDIUM, "两个负数相乘，积是负数。", False, r"负负得正，例如 \((-2) \cdot (-3) = 6\)。"),
    ]


def _words() -> list[Question]:
    return [
        word(EASY, "圆的周长和直径的比值叫什么？", ["圆周率", "圓周率", "π"], "这个比值是圆周率，约等于 3.14。"),
    ]
