"""Questions for tests: one plain example of each type, and strategies that draw valid ones and answers of any shape."""

from fractions import Fraction

from hypothesis import strategies as st

EXAMPLES = {
    "single_choice": (
        {"stem_html": "Which is a prime?", "options": [{"id": "a1", "html": "4"}, {"id": "a2", "html": "5"}]},
        {"fractions": {"a2": "1"}, "feedback": {"a1": "4 = 2 · 2"}},
    ),
    "multiple_choice": (
        {
            "stem_html": "Which are primes?",
            "options": [{"id": "a1", "html": "2"}, {"id": "a2", "html": "4"}, {"id": "a3", "html": "7"}],
        },
        {"fractions": {"a1": "1/2", "a2": "-1/2", "a3": "1/2"}},
    ),
    "true_false": (
        {"stem_html": "1 is a prime."},
        {"correct": False, "feedback": {"true": "By convention it is not."}},
    ),
    "numerical": (
        {"stem_html": "How far?", "unit_entry": "choice", "units": ["m", "km"]},
        {"answers": [{"value": "1500", "tolerance": "10"}], "unit_factors": {"m": "1", "km": "1000"}},
    ),
    "short_answer": ({"stem_html": "Capital of France?"}, {"patterns": [{"text": "Paris"}]}),
    "matching": (
        {
            "stem_html": "Match.",
            "premises": [{"id": "p1", "html": "France"}, {"id": "p2", "html": "Japan"}],
            "choices": [{"id": "c1", "html": "Paris"}, {"id": "c2", "html": "Tokyo"}, {"id": "c3", "html": "Rome"}],
        },
        {"pairs": {"p1": "c1", "p2": "c2"}},
    ),
}

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    str.strip
)
visible = st.sampled_from(["Rome", "2 &lt; 3", "سؤال", "问题", '<span data-tex="x^2">x^2</span>', "a <em>b</em>"])
numbers_text = st.decimals(-10_000, 10_000, allow_nan=False, places=3).map(lambda number: format(number, "f"))


def _options(prefix, fewest, most=7):
    return st.lists(visible, min_size=fewest, max_size=most).map(
        lambda texts: [{"id": f"{prefix}{number}", "html": html} for number, html in enumerate(texts, 1)]
    )


@st.composite
def single_choices(draw):
    options = draw(_options("a", 2))
    parts = {option["id"]: draw(st.sampled_from(["0", "1/2", "-1/4", "1/3", "-1"])) for option in options}
    parts[draw(st.sampled_from([option["id"] for option in options]))] = "1"
    key = {"fractions": parts, "floor": draw(st.sampled_from(["0", "-1/4", "-1"]))}
    return "single_choice", {"stem_html": draw(visible), "options": options, "shuffle": draw(st.booleans())}, key


@st.composite
def multiple_choices(draw):
    options = draw(_options("a", 2))
    right = draw(st.integers(1, len(options)))
    parts = {
        option["id"]: str(Fraction(1, right)) if number < right else draw(st.sampled_from(["0", "-1/2", "-1/3", "-1"]))
        for number, option in enumerate(options)
    }
    key = {
        "fractions": parts,
        "floor": draw(st.sampled_from(["0", "-1/2", "-1"])),
        "policy": draw(st.sampled_from(["fractions", "all_or_nothing"])),
    }
    return "multiple_choice", {"stem_html": draw(visible), "options": options}, key


true_falses = st.tuples(
    st.just("true_false"),
    st.fixed_dictionaries({"stem_html": visible}),
    st.fixed_dictionaries({"correct": st.booleans()}),
)


@st.composite
def numericals(draw):
    values = draw(st.lists(numbers_text, min_size=1, max_size=4))
    answers = [
        {"value": value, "tolerance": draw(st.sampled_from(["0", "0.5", "10"])), "is_relative": draw(st.booleans())}
        for value in values
    ]
    low, high = sorted(draw(st.tuples(st.integers(-50, 50), st.integers(-50, 50))))
    answers += draw(st.sampled_from([[], [{"minimum": str(low), "maximum": str(high), "fraction": "1/2"}]]))
    answers += draw(st.sampled_from([[], [{"any": True, "fraction": "0", "feedback_html": "No."}]]))
    units = draw(st.sampled_from([{}, {"m": "1", "km": "1000", "mm": "0.001"}, {"°C": "1"}]))
    key = {"answers": answers, "unit_factors": units, "decimal_comma": draw(st.booleans())}
    return "numerical", {"stem_html": draw(visible), "unit_entry": "text" if units else "none"}, key


@st.composite
def short_answers(draw):
    text = draw(words).replace("*", "")
    first = text if text.strip() else "Rome"
    patterns = [{"text": first}, *({"text": one, "fraction": "1/2"} for one in draw(st.lists(words, max_size=3)))]
    key = {
        "patterns": patterns,
        "is_case_sensitive": draw(st.booleans()),
        "is_accent_sensitive": draw(st.booleans()),
        "normalisation": draw(st.sampled_from(["NFC", "NFKC"])),
    }
    return "short_answer", {"stem_html": draw(visible), "max_length": draw(st.integers(20, 300))}, key


@st.composite
def matchings(draw):
    premises, choices = draw(_options("p", 1)), draw(_options("c", 1))
    pairs = {premise["id"]: draw(st.sampled_from(choices))["id"] for premise in premises}
    key = {"pairs": pairs, "policy": draw(st.sampled_from(["per_pair", "all_or_nothing"]))}
    return "matching", {"stem_html": draw(visible), "premises": premises, "choices": choices}, key


any_question = st.one_of(single_choices(), multiple_choices(), true_falses, numericals(), short_answers(), matchings())

_ids = st.sampled_from(["a1", "a2", "a3", "p1", "p2", "c1", "c2", "zz"])
_values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=8), _ids)
any_payload = st.one_of(
    _values,
    st.lists(_ids, max_size=5),
    st.lists(_values, max_size=3),
    st.dictionaries(_ids, _ids, max_size=3),
    st.dictionaries(_ids, _values, max_size=3),
    st.fixed_dictionaries({"value": _values}, optional={"unit": _values, "more": _values}),
    st.fixed_dictionaries(
        {"value": st.one_of(numbers_text, st.integers())}, optional={"unit": st.sampled_from(["m", "km", ""])}
    ),
)
