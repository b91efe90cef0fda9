"""Answers worked out anew from what the questions say, by other ways than those that made them."""

import contextlib
import html
import io
import re
import statistics
from fractions import Fraction

import pytest

from apps.core import richtext
from apps.exams.demo.courses.chemistry.elements import atoms
from apps.exams.demo.courses.chemistry.reactions import BALANCED
from apps.questionbank import types
from tests.exams.demo_school import made_of

pytestmark = pytest.mark.slow  # makes the questions of whole topics

FORMULA = re.compile(r'data-tex="([^"]*)"')


def asked(code, pattern, *wanted):
    """Return (text of the stem, formulas of the stem, right answer as text) where the stem fits the pattern."""
    found = []
    for made in made_of(code):
        stem = made.draft.content["stem_html"]
        text = richtext.to_plain_text(stem)
        if made.draft.type in wanted and re.search(pattern, text):
            found.append((text, [html.unescape(tex) for tex in FORMULA.findall(stem)], right_answer(made.draft)))
    assert found, f"no question of {code} fits {pattern!r} any more"
    return found


def right_answer(draft):
    kind = types.get(draft.type)
    right = kind.correct_answer(draft.key)
    if draft.type == "single_choice":
        return next(richtext.to_plain_text(one["html"]) for one in draft.content["options"] if one["id"] == right)
    return right["value"] if draft.type == "numerical" else right


def value_of(tex, **variables):
    """Work out a formula of sums, products, fractions and powers."""
    source = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", tex)
    source = source.replace(r"\cdot", "*").replace("^{", "**(").replace("}", ")")
    source = re.sub(r"\^(\d)", r"**\1", source)
    source = re.sub(r"(?<=[\dx)])\s*(?=[x(])", "*", source)
    source = re.sub(r"\d+", r"Fraction(\g<0>)", source)
    return eval(source, {"Fraction": Fraction, "__builtins__": {}}, variables)


def number_in(text):
    return value_of(re.search(r"=?\s*(-?[\d.\\{}frac]+)\s*$", text)[1].replace("x", ""))


def test_value_of_works_formulas_out():
    assert value_of("2x^{2} - 3x + 1", x=Fraction(2)) == 3
    assert value_of(r"\frac{x}{4} - 2", x=Fraction(6)) == Fraction(-1, 2)
    assert value_of("5(x + 3)", x=Fraction(-2)) == 5


def test_linear_equations_hold_at_their_solutions():
    for _text, formulas, right in asked("MATH101-1", r"^(Solve for|Find) x", "single_choice", "numerical"):
        left_side, right_side = formulas[-1].split("=")
        x = number_in(str(right).replace("x = ", ""))
        assert value_of(left_side, x=x) == value_of(right_side, x=x)


def test_quadratic_equations_hold_at_their_solutions():
    for _text, formulas, right in asked("MATH101-2", "^Solve:", "single_choice"):
        roots = [Fraction(root) for root in re.findall(r"-?\d+", right)]
        assert len(set(roots)) == 2
        assert [value_of(formulas[0].removesuffix("= 0"), x=root) for root in roots] == [0, 0]


def test_the_larger_solution_is_a_solution_and_the_larger_one():
    for _text, formulas, right in asked("MATH101-2", "larger solution", "numerical"):
        equation, larger = formulas[0].removesuffix("= 0"), Fraction(right)
        assert value_of(equation, x=larger) == 0
        assert all(value_of(equation, x=larger + step) != 0 for step in range(1, 40))


def test_values_of_functions():
    for _text, formulas, right in asked("MATH101-3", r"^Let f\(x\) = \d", "numerical"):
        rule, point = formulas[0].removeprefix("f(x) = "), re.search(r"f\((-?\d+)\)", formulas[1])[1]
        assert value_of(rule, x=Fraction(point)) == Fraction(right)


def test_derivatives_are_the_limits_of_differences():
    tiny = Fraction(1, 10**9)
    for _text, formulas, right in asked("MATH101-4", r"derivative of f\(x\)", "single_choice"):
        rule, slope = formulas[0].removeprefix("f(x) = "), right.removeprefix("f'(x) = ")
        for x in (Fraction(-2), Fraction(0), Fraction(3, 2)):
            difference = (value_of(rule, x=x + tiny) - value_of(rule, x=x - tiny)) / (2 * tiny)
            assert abs(difference - value_of(slope, x=x)) < Fraction(1, 10**6)
    for _text, formulas, right in asked("MATH101-4", r"What is f'\(", "numerical"):
        if "picture" in _text:
            continue
        rule, x = formulas[0].removeprefix("f(x) = "), Fraction(re.search(r"\((-?\d+)\)", formulas[1])[1])
        difference = (value_of(rule, x=x + tiny) - value_of(rule, x=x - tiny)) / (2 * tiny)
        assert abs(difference - Fraction(right)) < Fraction(1, 10**6)


def rows_of(tex):
    return [
        [[int(cell) for cell in row.split("&")] for row in body.split(r"\\")]
        for body in re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", tex)
    ]


def test_products_of_matrices_act_as_one_after_the_other():
    for _text, formulas, right in asked("MATH101-5", r"^Calculate", "single_choice"):
        if formulas[0].startswith("2"):
            continue
        first, second = rows_of(formulas[0])
        (product,) = rows_of(right)
        for vector in ((1, 0), (0, 1), (2, -3)):
            inner = [sum(a * v for a, v in zip(row, vector, strict=True)) for row in second]
            assert [sum(a * v for a, v in zip(row, inner, strict=True)) for row in first] == [
                sum(a * v for a, v in zip(row, vector, strict=True)) for row in product
            ]


def test_determinants_by_elimination():
    for _text, formulas, right in asked("MATH101-5", r"^What is the determinant", "numerical"):
        rows = [[Fraction(cell) for cell in row] for row in rows_of(formulas[0])[0]]
        product = Fraction(1)
        for place, pivot in enumerate(rows):
            product *= pivot[place]
            for lower in rows[place + 1 :]:
                factor = lower[place] / pivot[place]
                lower[:] = [low - factor * high for low, high in zip(lower, pivot, strict=True)]
        assert product == Fraction(right)


@pytest.mark.parametrize("code", ["DATA150-1", "DATA150-2", "DATA150-3"])
def test_programs_print_what_the_key_says(code):
    ran = 0
    for made in made_of(code):
        stem = made.draft.content["stem_html"]
        if "this program print" not in stem:
            continue
        program = html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", stem, re.DOTALL)[1])
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(program, {})
        assert " ".join(printed.getvalue().split()) == str(right_answer(made.draft)), made.idnumber
        ran += 1
    assert ran >= 10


def test_circuits_by_their_tables_of_truth():
    tables = {1: lambda a, b, c: (a and b) or c, 2: lambda a, b, c: not ((a != b) and not c)}
    seen = set()
    for made in made_of("DATA150-4"):
        if match := re.search(r"A = (\d), B = (\d), C = (\d)", made.draft.content["stem_html"]):
            circuit = 2 if "XOR" in made.draft.content["stem_html"] else 1
            value = tables[circuit](*(digit == "1" for digit in match.groups()))
            assert right_answer(made.draft) == str(int(value)), made.idnumber
            seen.add(circuit)
    assert seen == {1, 2}


def test_means_and_medians():
    for text, _formulas, right in asked("DATA150-5", "What is the (mean|median) of", "numerical", "single_choice"):
        values = [Fraction(number) for number in re.findall(r"\d+", text)]
        work_out = statistics.mean if "mean" in text else statistics.median
        assert work_out(values) == Fraction(right)


def test_reactions_keep_their_atoms():
    for left, right in BALANCED:
        totals = []
        for side in (left, right):
            total = {}
            for count, formula in side:
                for symbol, number in atoms(formula).items():
                    total[symbol] = total.get(symbol, 0) + count * number
            totals.append(total)
        assert totals[0] == totals[1]


def test_molar_masses_of_everyday_substances():
    known = {"CO2": 44.01, "CaCO3": 100.09, "NaOH": 40.00, "H2SO4": 98.08, "KCl": 74.55, "MgO": 40.30}
    for text, _formulas, right in asked("CHEM120-2", "^What is the molar mass", "numerical"):
        formula = text.removeprefix("What is the molar mass of ").rstrip("?")
        assert abs(float(right) - known[formula]) < 0.02


def test_gases_are_pressed_together_at_one_temperature():
    for text, _formulas, right in asked("CHEM120-4", "pressed together", "numerical"):
        volume, pressure, smaller = (Fraction(number) for number in re.findall(r"\d+", text)[:3])
        assert volume * pressure == smaller * Fraction(right)


def test_resistors_side_by_side():
    for text, _formulas, right in asked("PHYS110-4", r"résistance équivalente", "single_choice", "numerical"):
        first, second = (Fraction(number) for number in re.findall(r"= (\d+)", text)[:2])
        total = Fraction(str(right).replace(",", ".").removesuffix(" Ω"))
        assert total in (first + second, first * second / (first + second))


def test_greatest_common_divisors_divide_both_and_are_the_greatest():
    for text, _formulas, right in asked("CHIN150-5", "最大公因数", "numerical"):
        first, second = (int(number) for number in re.findall(r"\d+", text)[:2])
        assert int(right) == max(n for n in range(1, first + 1) if first % n == 0 and second % n == 0)
