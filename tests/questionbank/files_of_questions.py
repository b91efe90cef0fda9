"""Files of questions, written for tests."""

import struct
import zlib

from apps.core import files


def csv_of(count, *, start=1):
    """Return a CSV file of ``count`` different questions with one right answer each."""
    lines = ["question,option a,option b,option c,correct,explanation"]
    lines += [f"What is {n} plus {n}?,{2 * n},{2 * n + 1},{3 * n + 2},A,Doubled." for n in range(start, start + count)]
    return "\n".join(lines).encode()


def gift_of(count):
    """Return a GIFT file of ``count`` different questions of five types by turns."""
    kinds = (
        "What is {n} plus {n}? {{ ={double} ~{odd} ~{odd}0#Too much }}",
        "{n} is larger than {odd}. {{F}}",
        "Half of {double}? {{#{n}:0.5}}",
        "Write {n} in digits. {{ ={n} ={n}.0 }}",
        "Match {n}. {{ =one {n} -> {n} =two {n} -> {double} }}",
    )
    texts = (kinds[n % 5].format(n=n, double=2 * n, odd=2 * n + 1) for n in range(1, count + 1))
    return "\n\n".join(texts).encode()


def moodle_xml_of(count):
    """Return a Moodle XML file of ``count`` different questions with feedback and formatting."""
    one = """<question type="multichoice"><name><text>Question {n}</text></name>
<questiontext format="html"><text><![CDATA[<p>What is <b>{n}</b> plus \\({n}\\)?</p>]]></text></questiontext>
<generalfeedback format="html"><text><![CDATA[<p>Doubled.</p>]]></text></generalfeedback>
<single>true</single><shuffleanswers>true</shuffleanswers>
<answer fraction="100" format="html"><text>{double}</text><feedback format="html"><text>Right.</text></feedback></answer>
<answer fraction="0" format="html"><text>{odd}</text><feedback format="html"><text></text></feedback></answer>
</question>"""
    body = "\n".join(one.format(n=n, double=2 * n, odd=2 * n + 1) for n in range(1, count + 1))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}\n</quiz>\n'.encode()


def png(colour=(200, 60, 20)):
    """Return a picture of one pixel."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00" + bytes(colour))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def stored(content, name, owner):
    """Return a file as it is kept after its upload."""
    organization = owner.acting_membership().organization
    return files.store(
        owner=owner, organization_id=organization.pk, filename=name, content=content, may_hold_markup=True
    )
