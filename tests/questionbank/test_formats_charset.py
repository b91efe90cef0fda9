"""Encodings: the same small banks in many, told apart and read exactly."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import richtext
from apps.questionbank.formats import charset
from apps.questionbank.formats.reading import open_questions

from .reading_files import htmls, questions

# Our own words: a stem and two options per language, with what its old encodings are.
BANKS = {
    "French": (
        ["cp1252", "mac-roman"],
        "Quel élève a été reçu à l’école où l’on parle français ?",
        "« Très sûr »",
        "Noël à Besançon",
    ),
    "German": (["cp1252"], "Wie groß müssen die Räder für längere Wege über Flüsse sein?", "größer", "schöner"),
    "Spanish": (["cp1252"], "¿Cuándo nació el niño más pequeño de España?", "mañana", "jamás"),
    "Portuguese": (["cp1252"], "Qual é a função do coração? Não há solução única.", "pulmões", "ações"),
    "Arabic": (["cp1256"], "ما هي عاصمة الدولة التي يقع فيها هذا النهر الطويل؟", "القاهرة", "الخرطوم"),
    "Russian": (["cp1251", "koi8-r"], "Какая река протекает через столицу этой страны?", "Волга", "Москва"),
    "Polish": (["cp1250"], "Która rzeka płynie przez największe miasto? Źródło jest bliżej.", "Wisła", "Łyna"),
    "Czech": (["cp1250"], "Která řeka protéká největším městem? Příliš žluťoučký kůň.", "Vltava", "Dyje"),
    "Hungarian": (["cp1250"], "Melyik folyó folyik át a fővároson? Az erdőből gyűlő vizek.", "Duna", "Tisza őse"),
    "Greek": (["cp1253"], "Ποιος ποταμός περνά από τη μεγαλύτερη πόλη της χώρας;", "Αξιός", "Αλιάκμονας"),
    "Hebrew": (["cp1255"], "איזה נהר עובר דרך העיר הגדולה ביותר במדינה?", "הירדן", "הירקון"),
    "Turkish": (
        ["cp1254"],
        "Ülkenin en büyük şehrinden geçen ırmağın adı nedir? Çoğu kişi bilir.",
        "Kızılırmak",
        "Seyhan",
    ),
    "Lithuanian": (["cp1257"], "Kuri upė teka per didžiausią šalies miestą? Žiūrėkite žemėlapį.", "Neris", "Šventoji"),
    "Chinese": (["gb18030", "big5"], "流過這個國家最大的城市的是哪一條河？我們在這裡的時候會到的。", "長江", "黃河"),
    "Japanese": (["shift_jis", "euc_jp"], "この国でいちばん大きな町を流れている川はどれですか。", "すみだ川", "淀川"),
    "Korean": (["euc_kr"], "이 나라에서 가장 큰 도시를 지나는 강은 어느 것입니까?", "한강", "낙동강"),
}
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
CASES = [(language, encoding) for language, bank in BANKS.items() for encoding in (*bank[0], *UNICODE)]


@pytest.mark.parametrize(("language", "encoding"), CASES)
@pytest.mark.parametrize("kind", ["csv", "gift"])
def test_texts_come_out_exactly(language, encoding, kind):
    _encodings, stem, right, wrong = BANKS[language]
    csv = f'question;option_a;option_b;correct\n"{stem}";"{right}";"{wrong}";A\n'
    gift = f"::1::{stem} {{\n\t={right}\n\t~{wrong}\n}}\n"
    content = (csv if kind == "csv" else gift).encode(encoding)

    reading = open_questions(io.BytesIO(content), f"x.{kind}")
    [question] = questions(reading.records)

    assert richtext.to_plain_text(question.stem_html) == stem
    assert htmls(question) == [right, wrong]
    assert reading.is_encoding_certain is (encoding in UNICODE)


def test_windows_lines_pasted_into_utf8_are_read_line_by_line():
    lines = ["“Öl” für Łódź".encode(), "Pokémon’s".encode(), b"\x93Quoted\x94 it\x92s \xe9t\xe9", "東京".encode()]

    found = charset.detect(io.BytesIO(b"\n".join(lines)))

    assert found == charset.Charset(name="utf-8", is_certain=False, errors="lectern.windows-bytes")
    stream = charset.text_stream(io.BytesIO(b"\n".join(lines)), found)
    assert stream.read() == "“Öl” für Łódź\nPokémon’s\n“Quoted” it’s été\n東京"


def test_plain_ascii_and_empty_files_are_utf8():
    assert charset.detect(io.BytesIO(b"")).name == "utf-8"
    assert charset.detect(io.BytesIO(b"abc")) == charset.Charset(name="utf-8", is_certain=True)


@pytest.mark.slow
@given(st.binary(max_size=300))
def test_any_bytes_have_a_charset(content):
    file = io.BytesIO(content)

    found = charset.detect(file)

    assert file.tell() == 0
    content.decode(found.name, "replace")


@pytest.mark.slow
@given(st.text(min_size=1, max_size=200), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_utf8_is_always_read_as_such(text, encoding):
    content = text.encode(encoding, "ignore")

    found = charset.detect(io.BytesIO(content))

    if "\x00" not in text:
        assert content.decode(found.name).lstrip("\ufeff") == content.decode("utf-8").lstrip("\ufeff")
