"""Which characters the bytes of a text file stand for.

A byte order mark decides; else valid UTF-8 is UTF-8, and zeros in every other byte are UTF-16. What remains is one of
the old code pages, which only plausibility can tell apart: each is tried; the text that reads most like writing wins.
"""

import codecs
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

BLOCK_BYTES: Final = 256 * 1024
SAMPLE_BYTES: Final = 16 * 1024  # of lines with letters beyond ASCII; more adds nothing

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN: Final = (
    "éèàêçôâûîïëùœæÿü",  # French
    "äöüß",  # German
    "áéíóúñü",  # Spanish
    "ãõçáéíóúâêôàü",  # Portuguese
    "àèéìòùî",  # Italian
    "åäöøæéü",  # Nordic
    "éëïöüè",  # Dutch
    "áðéíóúýþæö",  # Icelandic
    "àçèéíïòóúü",  # Catalan
)
# By code page, the letters beyond ASCII of each language written in it.
_LATIN: Final = {
    "cp1252": _WESTERN,
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1254": ("ığşçöüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "mac-roman": _WESTERN,
}
# Where a script fills the page, its letters by how often they are used: Greek, Hebrew and Russian share the same bytes.
_OTHER: Final = {
    "cp1256": "الينمتورعبدهةسفحجكقأشصخطىضثغذزظإئءؤآپچگژ",
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжіюшцщїєъэфёґљњћђџјў",
    "cp1253": "αοιετνσηυρπκμςλωδγάέόίχθφβήύξζψώϊϋ",
    "cp1255": "יוהלארשתמבנדקחפםעכטגצסןזךץף",
    "cp874": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซถฟศัี่้ิ์ืุู็ึำ",
    "koi8-r": "оеаинтсрвлкмдпуяыьгзбчйхжюшцщэфъё",
}
_PRIOR: Final = {"cp1252": 0.15, "cp1257": 0.02, "koi8-r": 0.0, "mac-roman": -0.1}  # how usual a page is; others 0.05
_MULTIBYTE: Final = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr")
_WELL_PLACED: Final = re.compile(  # quotes and signs where they make sense
    r"(?<![^\W\d_])[‘“„«¿¡](?=\S)|(?<=\S)[’”»،؟؛…°ºª]|(?<![^\W\d_])[–—•€£§·\u00a0½¼¾²³±×÷®©™µ]|[–—€£·²³\u00a0](?![^\W\d_])"
)
_DAILY_IDEOGRAPHS: Final = frozenset("的一是不了在人有我他这個们中来上大为和国地到以说時要就出会下列哪個确選择題正")


@dataclass(frozen=True, kw_only=True)
class Charset:
    """An encoding's name, and whether it is sure or a judgement worth mentioning.

    ``errors`` names what decodes the odd bytes of a UTF-8 file into which lines of Windows text were pasted.
    """

    name: str
    is_certain: bool
    errors: str = "strict"


def detect(file: BinaryIO) -> Charset:
    """Return the charset of a whole seekable file and leave the file at its start."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Charset(name=name, is_certain=True)
    if wide := _utf16_without_mark(head):
        return Charset(name=wide, is_certain=True)
    valid, invalid = _lines_beyond_ascii(file)
    file.seek(0)
    if not invalid:
        return Charset(name="utf-8", is_certain=True)
    if len(valid) >= len(invalid):
        return Charset(name="utf-8", is_certain=False, errors=_WINDOWS_BYTES)
    return Charset(name=_most_plausible(b"\n".join((*valid, *invalid))), is_certain=False)


def _decode_as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_WINDOWS_BYTES: Final = "lectern.windows-bytes"
codecs.register_error(_WINDOWS_BYTES, _decode_as_windows)


def _utf16_without_mark(head: bytes) -> str | None:
    """Judge by zeros: text of any script has spaces, digits and line ends, whose high byte is zero."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if max(even, odd) < pairs * 0.08 or min(even, odd) > max(even, odd) * 0.3:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _lines_beyond_ascii(file: BinaryIO) -> tuple[list[bytes], list[bytes]]:
    """Return the lines with bytes above 127 that are valid UTF-8 and those that are not, each up to the sample size."""
    valid: list[bytes] = []
    invalid: list[bytes] = []
    sizes = [0, 0]
    for block in _whole_lines(file):
        if block.isascii():
            continue
        for line in block.splitlines():
            if line.isascii():
                continue
            is_invalid = not _is_utf8(line)
            if sizes[is_invalid] < SAMPLE_BYTES:
                (invalid if is_invalid else valid).append(line[:SAMPLE_BYTES])
                sizes[is_invalid] += len(line)
    return valid, invalid


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := file.read(BLOCK_BYTES):
        block = rest + block
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        rest = block[end:]
        yield block[:end]
    yield rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _most_plausible(sample: bytes) -> str:
    multibyte = _multibyte(sample)
    if multibyte:
        return multibyte
    scores = {name: _plausibility(sample, name) for name in (*_LATIN, *_OTHER)}
    return max(scores, key=lambda name: scores[name])


def _multibyte(sample: bytes) -> str | None:
    """Return a Chinese, Japanese or Korean encoding if the bytes are text in it beyond doubt."""
    if sum(byte > 127 for byte in sample) < 8:
        return None
    for name in _MULTIBYTE:
        try:
            text = sample[:16_384].decode(name)
        except UnicodeDecodeError as error:
            if error.start < min(len(sample), 16_384) - 4:  # else: only the cut end is broken
                continue
            text = sample[: error.start].decode(name)
        if _is_daily_writing(text, name):
            return name
    return None


def _is_daily_writing(text: str, name: str) -> bool:
    signs = [character for character in text if character > "\u2fff"]
    if len(signs) < 0.8 * sum(character > "\x7f" for character in text):
        return False
    kana = sum("\u3040" <= sign <= "\u30ff" for sign in signs)
    hangul = sum("\uac00" <= sign <= "\ud7a3" for sign in signs)
    if name == "euc_kr":
        return hangul > 0.6 * len(signs)
    if name in ("shift_jis", "euc_jp"):
        return kana > 0.25 * len(signs)
    return sum(sign in _DAILY_IDEOGRAPHS for sign in signs) > 0.08 * len(signs) and not kana


def _plausibility(sample: bytes, name: str) -> float:
    """Score how well the bytes read in this code page: near 1 where every sign makes sense, below 0 where few do."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return float("-inf")
    signs = Counter(character.lower()[:1] if character != "İ" else "ı" for character in text if character > "\x7f")
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    score = _letters_score(signs, name) + sum(1.5 for _sign in _WELL_PLACED.finditer(text))
    score -= sum(1.5 for word in words if word[1:] != word[1:].lower() and not word.isupper())
    if name in _LATIN:
        score -= sum(0.7 for _pair in re.finditer(r"[^\W\d_\x00-\x7f](?=[^\W\d_\x00-\x7f])", text))
    else:
        score -= sum(2.0 for word in words if re.search("[A-Za-z]", word))
    return score / max(signs.total(), 1) + _PRIOR.get(name, 0.05)


def _letters_score(signs: Counter[str], name: str) -> float:
    """Score the letters by the language that explains them best; what is no letter counts against, controls most."""
    if name in _LATIN:
        worths = [dict.fromkeys(letters, 0.95) for letters in _LATIN[name]]
    else:
        worths = [{letter: 1.0 - 0.8 * rank / len(_OTHER[name]) for rank, letter in enumerate(_OTHER[name])}]
    strange = sum((-3.0 if unicodedata.category(sign) == "Cc" else -0.5) * count for sign, count in signs.items())
    return strange + max(
        sum((worth[sign] + 0.5) * count for sign, count in signs.items() if sign in worth) for worth in worths
    )


def text_stream(file: BinaryIO, charset: Charset) -> io.TextIOWrapper:
    """Return a text stream over the file from its start, line ends untouched; ``detach`` it to keep the file open."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=charset.name, errors=charset.errors, newline="")
