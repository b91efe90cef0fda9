"""What changed between two versions."""

from apps.questionbank.differences import Difference, differences

BEFORE = {
    "title": "Primes",
    "content": {"stem_html": "Which?", "options": [{"id": "a1", "html": "21"}, {"id": "a2", "html": "23"}]},
    "key": {"fractions": {"a2": "1"}},
}


def test_the_same_has_no_differences():
    assert differences(BEFORE, BEFORE) == []


def test_changed_added_and_gone_fields_are_named_by_the_ids_of_entries():
    after = {
        "title": "Primes",
        "content": {"stem_html": "Which?", "options": [{"id": "a2", "html": "29"}, {"id": "a3", "html": "30"}]},
        "key": {"fractions": {"a2": "1"}, "floor": "-1/4"},
    }

    assert differences(BEFORE, after) == [
        Difference(field="content.options.a2.html", before="23", after="29"),
        Difference(field="content.options.a3.id", before=None, after="a3"),
        Difference(field="content.options.a3.html", before=None, after="30"),
        Difference(field="key.floor", before=None, after="-1/4"),
        Difference(field="content.options.a1.id", before="a1", after=None),
        Difference(field="content.options.a1.html", before="21", after=None),
    ]


def test_entries_without_an_id_go_by_their_place():
    before, after = ({"patterns": [{"text": "Rome"}, {"text": text}]} for text in ("Roma", "rome"))

    assert differences(before, after) == [Difference(field="patterns.2.text", before="Roma", after="rome")]
