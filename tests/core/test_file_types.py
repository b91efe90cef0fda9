"""Files are what their bytes say."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import file_types
from apps.core.file_types import look_into_zip, recognise


def zipped(*names, content=b"x", compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name in names:
            archive.writestr(name, content)
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "a.exe", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a", "image/jpeg"),
        (b"GIF89a....", "a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a", "audio/wav"),
        (b"%PDF-1.7\n", "a", "application/pdf"),
        (b"PK\x03\x04....", "a.docx", "application/zip"),
        (b"ID3\x04\x00", "a", "audio/mpeg"),
        (b"OggS\x00", "a", "audio/ogg"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00", "a", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00", "a", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypqt  \x00\x00", "a", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "a", "video/webm"),
        (b"stem,answer\n2+2,4\n", "bank.csv", "text/csv"),
        (b"stem,answer\n2+2,4\n", "bank.txt", "text/plain"),
        ("Größe;é\n".encode("cp1252"), "alt.csv", "text/csv"),
        ("\ufeffسؤال".encode(), "q.txt", "text/plain"),
        ("::Q1:: 2 + 2 = {=4}".encode("utf-16"), "q.gift", "text/plain"),
        (b'<?xml version="1.0"?><quiz><question type="multichoice"/></quiz>', "moodle.xml", "application/xml"),
        (
            b"<quiz><question><questiontext><text>&lt;p&gt;</text></questiontext></question></quiz>",
            "m",
            "application/xml",
        ),
        (b"// a comment in GIFT\n::Q:: <b>bold</b> {T}", "q.gift", "text/plain"),
    ],
)
def test_known_kinds_are_recognised_by_content(head, name, media_type):
    assert recognise(head, filename=name).media_type == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"   \n ",
        b"<!DOCTYPE html><html></html>",
        b"  \n<html>",
        b"<!-- a --> <script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?>\n<svg onload='alert(1)'/>",
        b"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><a/>",
        b"<?xml version='1.0'?><a xmlns:x='http://www.w3.org/1999/xhtml'><x:b/></a>",
        "<html>".encode("utf-16"),
        b"#!/bin/sh\nrm -rf /",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xca\xfe\xba\xbe\x00\x00",
        b"\x00\x01\x02\x03",
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.txt", "a.csv"])
def test_everything_else_is_refused_whatever_it_is_called(head, name):
    assert recognise(head, filename=name) is None


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_recognised_or_refused_without_an_error(head, name):
    found = recognise(head, filename=name)

    assert found is None or found.media_type not in {"text/html", "image/svg+xml"}


@pytest.mark.parametrize(
    ("names", "extension"),
    [
        (["[Content_Types].xml", "word/document.xml"], "docx"),
        (["[Content_Types].xml", "xl/workbook.xml"], "xlsx"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "pptx"),
        (["a.txt", "folder/b.png"], "zip"),
    ],
)
def test_a_zip_is_what_it_holds(names, extension):
    assert look_into_zip(zipped(*names)).extension == extension


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "..\\evil", "C:\\evil"])
def test_a_zip_that_reaches_out_of_itself_is_refused(name):
    assert look_into_zip(zipped("fine.txt", name)) is None


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself():
    assert look_into_zip(zipped("zeros", content=b"\0" * 3_000_000)) is None
    assert look_into_zip(zipped("zeros", content=b"\0" * 3_000_000, compression=zipfile.ZIP_STORED)) is not None


def test_a_zip_with_too_many_entries_is_refused(monkeypatch):
    monkeypatch.setattr(file_types, "MAX_ZIP_ENTRIES", 3)

    assert look_into_zip(zipped("1", "2", "3", "4")) is None


def test_a_broken_zip_is_refused():
    assert look_into_zip(io.BytesIO(b"PK\x03\x04 and then nothing")) is None


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"<script>alert(1)</script> {T}", file_types.XML),
        (b"<quiz><text><![CDATA[<svg></svg>]]></text></quiz>", file_types.XML),
        (b"\x89PNG\r\n\x1a\n", file_types.PNG),
        (b"\x00\x01", None),
    ],
)
def test_text_may_hold_markup_where_it_is_never_shown(head, found):
    assert file_types.recognise(head, filename="questions", may_hold_markup=True) == found
