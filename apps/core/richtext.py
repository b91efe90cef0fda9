"""Rich text: the small HTML that questions, feedback and course pages may hold, and the ways into and out of it.

What is stored is always the output of ``sanitise``. Mathematics is ``<span data-tex="…">`` (``data-display="block"``
for a formula on its own line) with the TeX as its text, so that a page without scripts still shows it. Pictures and
sounds are ``media:<sha256>`` references, which ``with_media_urls`` makes addresses for a page, or files under
``/uploads/``.
"""

import html as html_escapes
import re
import unicodedata
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Final

import nh3
from markdown_it import MarkdownIt

from . import tex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS: Final = _words(
    """a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption
    figure h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small source span strong sub sup
    table tbody td tfoot th thead tr u ul var video"""
)
_ATTRIBUTES: Final = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "audio": {"src"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "source": {"src", "type"},
    "span": {"data-tex", "data-display"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "video": {"src", "width", "height"},
}
_VALUES: Final = {  # what an attribute's value must look like
    "dir": re.compile(r"ltr|rtl|auto"),
    "lang": re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"),
    "data-display": re.compile(r"block"),
    "type": re.compile(r"[1aAiI]|(audio|video)/[a-z0-9.+-]{1,40}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    **dict.fromkeys(("span", "width", "height", "value", "start", "colspan", "rowspan"), re.compile(r"-?\d{1,4}")),
}
_STORED: Final = re.compile(r"media:[0-9a-f]{64}|/uploads/(?!.*\.\.)[\w./-]+", re.ASCII)
_LINK: Final = re.compile(r"https?://[^\s]+|mailto:[^\s]+|tel:[+\d() -]+", re.IGNORECASE)

# A "<" starts markup only where it can be nothing else: "a<b & c>d" and "x<5" are text that people write.
_ELEMENTS: Final = TAGS | _words(
    """acronym address annotation annotation-xml applet area article aside base basefont bgsound big blink body
    button canvas center data datalist details dialog dir embed fieldset font footer form frame frameset h1 h2
    head header hgroup html iframe image input isindex keygen label legend link listing main map marquee math
    menu menuitem meta meter mfrac mi mn mo mover mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd
    mtext mtr munder munderover multicol nav nextid nobr noembed noframes noscript object optgroup option output
    param picture plaintext portal progress rb rtc script search section select semantics slot spacer strike
    style summary svg template textarea time title track tt wbr xmp"""
)
_WRITTEN_BY_PEOPLE: Final = TAGS | {"h1", "h2", "center", "font", "strike", "tt", "big"}
_BARE_ATTRIBUTES: Final = _words(
    """allowfullscreen async autofocus autoplay checked compact controls default defer disabled hidden ismap
    itemscope loop multiple muted nohref noresize noshade novalidate nowrap open playsinline readonly required
    reversed selected"""
)
_VERBATIM: Final = _words("code kbd pre samp script style textarea")
_SWALLOWING: Final = _words("iframe noembed noframes noscript plaintext script style textarea title xmp")
_SPELLING: Final = r"""[^\s"'<>/=\x00]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+"""
_MARKUP: Final = re.compile(
    rf"""(?P<declaration><!(?:doctype\b|\[)[^>]{{0,500}}+>|<\?(?:xml|php)\b[^>]{{0,500}}+>)
    |<(?P<closing>/?+)(?P<name>[a-zA-Z][\w-]*+(?::[\w-]++)?+)(?P<attributes>(?:[\s/]*+{_SPELLING})*+)[\s/]*+>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(_SPELLING)
_UNSTORABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, halves of surrogate pairs
_NEEDS_CLEANING: Final = re.compile(r"[<>&\xa0]")
_PICTURE: Final = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_STARTS_WITH_NEWLINE: Final = re.compile(r"(<pre[^>]*>)\n")
_MEDIA: Final = re.compile(r'( (?:src|href)=")media:([0-9a-f]{64})(?=")')


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    """Return the attribute's value as it may stand, or None to leave the attribute out."""
    if name == "src":
        return value if _STORED.fullmatch(value) else None
    if name == "href":
        return value if _STORED.fullmatch(value) or _LINK.fullmatch(value) else None
    if name == "data-tex":
        return value[: tex.MAX_LENGTH]
    pattern = _VALUES.get(name)
    return value if pattern is None or pattern.fullmatch(value) else None


_CLEANER: Final = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    attribute_filter=_allowed_value,
    url_schemes={"http", "https", "mailto", "tel", "media"},
    link_rel="noopener noreferrer",
    set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def sanitise(html: str) -> str:
    """Return ``html`` with only what rich text may hold; repeated calls change nothing more.

    Text is never lost: a ``<`` that starts no known element stays as ``&lt;``, and elements that are not allowed leave
    their text behind (scripts and styles go with their content). A picture from elsewhere becomes its alternative text.
    """
    html = _UNSTORABLE.sub("", html.replace("\r\n", "\n").replace("\r", "\n"))
    if not _NEEDS_CLEANING.search(html):
        return html
    for _round in range(6):  # taking an element away can move what is left; two rounds are usual, four the most seen
        cleaned = _clean_once(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    return from_plain_text(to_plain_text(html))


def _clean_once(html: str) -> str:
    cleaned = _CLEANER.clean("".join(text for _is_markup, text in _parts(html)))
    cleaned = _PICTURE.sub(_picture_or_words, cleaned)
    # A parser drops one line break after <pre>; write it twice, or each round would lose one.
    return _STARTS_WITH_NEWLINE.sub(r"\1\n\n", cleaned)


def _picture_or_words(match: re.Match[str]) -> str:
    if ' src="' in match[1]:
        return match[0]
    words = re.search(r' alt="([^"]*)"', match[1])
    return words[1] if words else ""


def _parts(html: str) -> Iterator[tuple[bool, str]]:
    """Split into (is markup, text), without comments.

    Text comes with its stray ``<`` escaped; headings above the third level become third, as pages have their own.
    """
    html = _without_comments(html)
    position = 0
    for match in _markup_in(html):
        if match.start() > position:
            yield False, html[position : match.start()].replace("<", "&lt;")
        position = match.end()
        is_high_heading = (match["name"] or "").lower() in {"h1", "h2"}
        yield True, f"<{match['closing']}h3{match['attributes']}>" if is_high_heading else match[0]
    if position < len(html):
        yield False, html[position:].replace("<", "&lt;")


def _without_comments(html: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        kept.append(html[position:start])
        position = end + 3
    return "".join((*kept, html[position:]))


def _markup_in(html: str) -> Iterator[re.Match[str]]:
    """Find what is a tag for certain: a known element, closed properly, whose attributes have values."""
    last_closing: dict[str, int] = {}
    for match in _MARKUP.finditer(html):
        if match["declaration"]:
            yield match
            continue
        name = match["name"].lower()
        if not _is_tag(name, _ATTRIBUTE.findall(match["attributes"]), is_closing=bool(match["closing"])):
            continue
        if name in _SWALLOWING and not match["closing"]:
            if name not in last_closing:
                last_closing[name] = html.lower().rfind(f"</{name}")
            if last_closing[name] < match.end():
                continue  # never closed: everything to the end would vanish in it
        yield match


def _is_tag(name: str, attributes: list[str], *, is_closing: bool) -> bool:
    if is_closing:
        return not attributes and (name in _ELEMENTS or ":" in name or "-" in name)
    if name not in _ELEMENTS and not (":" in name or any("=" in attribute for attribute in attributes)):
        return False
    return all("=" in attribute or attribute.lower() in _BARE_ATTRIBUTES for attribute in attributes)


def looks_like_html(text: str) -> bool:
    """Whether text of unknown kind was meant as HTML: it closes what it opened, breaks a line or shows a picture."""
    opened: set[str] = set()
    for match in _markup_in(text):
        name = (match["name"] or "").lower()
        if match["closing"]:
            if name in opened:
                return True
        elif name in {"br", "hr", "img"}:
            if match[0] != text.strip():
                return True
        elif name in _WRITTEN_BY_PEOPLE:
            opened.add(name)
    return False


def from_html(html: str) -> str:
    """Return rich text for HTML from outside: sanitised, then its mathematics marked."""
    return tex_to_spans(sanitise(html))


def from_plain_text(text: str) -> str:
    """Return rich text that shows ``text`` as it is: line breaks kept, a blank line starts a paragraph."""
    text = _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    paragraphs = [
        "<br>".join(html_escapes.escape(line.strip(), quote=False) for line in paragraph.split("\n"))
        for paragraph in re.split(r"\n\s*\n", text)
    ]
    whole = paragraphs[0] if len(paragraphs) == 1 else "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return whole.replace("\xa0", "&nbsp;")


def from_markdown(text: str) -> str:
    """Return rich text for Markdown; TeX between its delimiters is left alone by the Markdown."""
    formulas: list[tuple[str, str]] = []

    def put_aside(span: str, source: str) -> str:
        formulas.append((span, html_escapes.escape(source, quote=False)))
        return f"\ue000{len(formulas) - 1}\ue001"

    def put_back(html: str, *, as_source: bool) -> str:
        return re.sub(r"\ue000(\d+)\ue001", lambda match: formulas[int(match[1])][as_source], html)

    text = _UNSTORABLE.sub("", text).translate({0xE000: None, 0xE001: None})
    rendered = _MARKDOWN.render(tex.spans_in_text(text, wrap=put_aside)).strip()
    single = re.fullmatch(r"<p>((?:(?!</?p>).)*)</p>", rendered, re.DOTALL)
    parts = re.split(r"(<code\b.*?</code>)", single[1] if single else rendered, flags=re.DOTALL)
    return sanitise("".join(put_back(part, as_source=number % 2 == 1) for number, part in enumerate(parts)))


def tex_to_spans(html: str) -> str:
    r"""Mark the TeX in HTML: ``\( \)`` and sure ``$ $`` inline, ``\[ \]`` and ``$$ $$`` as blocks.

    Code, preformatted text, attributes and what is marked already stay as they are; so does a single dollar sign that
    may be money.
    """
    if "$" not in html and "\\" not in html:
        return html
    done: list[str] = []
    run: list[str] = []
    verbatim: list[str] = []  # open elements whose text is not looked at
    for is_markup, text in _parts(html):
        if not verbatim and (not is_markup or re.fullmatch(r"<br\s*/?>", text, re.IGNORECASE)):
            run.append(text)
            continue
        done.extend((tex.spans_in_text("".join(run)), text))
        run.clear()
        if is_markup:
            _track_verbatim(text, verbatim)
    done.append(tex.spans_in_text("".join(run)))
    return "".join(done)


def _track_verbatim(markup: str, verbatim: list[str]) -> None:
    match = _MARKUP.fullmatch(markup)
    name = match["name"].lower() if match and match["name"] else ""
    if match and match["closing"]:
        if verbatim and name == verbatim[-1]:
            verbatim.pop()
    elif name in _VERBATIM or "data-tex" in markup or name in verbatim[-1:]:
        verbatim.append(name)


class _PlainText(HTMLParser):
    """Collects the words of rich text: a line for each block, formulas as TeX, pictures as their alternative text."""

    _PARAGRAPHS: Final = _words("blockquote figure h3 h4 h5 h6 ol p pre table ul dl")
    _LINES: Final = _words("br caption dd div dt figcaption hr li tr")

    def __init__(self, *, with_tex: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._with_tex = with_tex
        self._formula_depth = self._hidden_depth = self._pre_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._formula_depth or "data-tex" in values:
            self._open_formula(tag, values)
        elif tag in {"script", "style"}:
            self._hidden_depth += 1
        elif tag == "img":
            self.parts.append(values.get("alt") or "")
        elif tag in {"td", "th"}:
            self.parts.append("\t")
        else:
            self._pre_depth += tag == "pre"
            self._break(tag)

    def _open_formula(self, tag: str, values: dict[str, str | None]) -> None:
        if tag != "span":
            return
        if not self._formula_depth and self._with_tex:
            self.parts.append(values.get("data-tex") or "")
        self._formula_depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self._formula_depth:
            self._formula_depth -= tag == "span"
        elif tag in {"script", "style"}:
            self._hidden_depth = max(0, self._hidden_depth - 1)
        else:
            self._pre_depth = max(0, self._pre_depth - (tag == "pre"))
            if tag != "br":
                self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._formula_depth and not self._hidden_depth:
            # Spaces that count are written as no-break spaces until the end.
            self.parts.append(data.replace(" ", "\xa0") if self._pre_depth else re.sub(r"[ \t\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in self._PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in self._LINES:
            self.parts.append("\n" if tag == "br" else "\x00")  # \x00: a new line, unless one has just begun

    def text(self) -> str:
        joined = re.sub(r"[ \t]*((?:\x00|\n)(?:\x00|\n|[ \t])*)", _line_break, "".join(self.parts))
        return re.sub(r" {2,}", " ", joined).replace("\xa0", " ").strip()


def _line_break(match: re.Match[str]) -> str:
    breaks = match[1].count("\n")
    return "\n" * min(max(breaks, 1), 2)


def to_plain_text(html: str, *, with_tex: bool = True) -> str:
    """Return the words of rich text, for search, comparison, spreadsheets and mail."""
    if "<" not in html and "&" not in html:
        return re.sub(r"[ \t\n\f]+", " ", html).replace("\xa0", " ").strip()
    parser = _PlainText(with_tex=with_tex)
    parser.feed(html)
    parser.close()
    return parser.text()


def is_blank(html: str) -> bool:
    """Whether rich text shows nothing: no words, no formula, no picture, no sound."""
    return not to_plain_text(html) and not re.search(r"<(?:img|audio|video|source|hr)\b", html)


def direction_of(html: str) -> str:
    """Return "rtl" or "ltr" by the first letter with a direction; formulas do not count."""
    for character in to_plain_text(html, with_tex=False):
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def media_in(html: str) -> frozenset[str]:
    """Return the SHA-256 of every stored file the rich text shows or links to."""
    return frozenset(match[2] for match in _MEDIA.finditer(html))


def with_media_urls(html: str, address_of: Callable[[str], str]) -> str:
    """Return rich text for a page: each ``media:<sha256>`` replaced by the address ``address_of(sha256)``."""
    return _MEDIA.sub(lambda match: match[1] + html_escapes.escape(address_of(match[2])), html)
