"""From the text kinds of question files to rich text, with what came inside and what had to stay outside."""

import base64
import binascii
import html as html_escapes
import re
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import unquote

from django.utils.translation import gettext as _

from apps.core import richtext

from .records import MAX_FIELD_LENGTH, MAX_MEDIA_BYTES, Media, Notice, Unfit

TextFormat = Literal["html", "markdown", "plain", "auto", "cell"]
"""``auto``: plain text that may hold HTML, as Moodle writes it. ``cell``: the same of a table, entities being text."""

BLANK: Final = "_____"  # stands where an answer block stood inside a sentence

_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_INLINE_DATA: Final = re.compile(
    r"""(?P<before>\ssrc\s*=\s*["']?)data:(?P<type>[a-z]+/[a-z0-9.+-]+);base64,(?P<data>[A-Za-z0-9+/=\s%]+)""",
    re.IGNORECASE,
)
_PLUGIN_FILE: Final = re.compile(r"""@@PLUGINFILE@@/(?P<name>[^"'<>\s]*)""")
_OUTSIDE: Final = re.compile(
    r"""<(?:img|audio|video|source)\b[^>]*?\ssrc\s*=\s*["']?(?!media:|/uploads/|["'\s>])(?P<address>[^"'\s>]+)""",
    re.IGNORECASE,
)


class Gathering:
    """What turns up while the texts of one question are read: files inside, and notices."""

    def __init__(self) -> None:
        self.media: dict[str, Media] = {}
        self.notices: list[Notice] = []
        self._has_left_out = False  # of the text being read

    def add_file(self, name: str, content: bytes) -> str:
        """Keep a file and return its SHA-256."""
        if len(content) > MAX_MEDIA_BYTES:
            raise Unfit(
                "media_too_large",
                _("The file %(name)s in the question is larger than %(limit)d MB.")
                % {"name": name, "limit": MAX_MEDIA_BYTES // 2**20},
                _("Make it smaller, and import the question again."),
            )
        media = Media(name=name, content=content)
        self.media.setdefault(media.sha256, media)
        return media.sha256

    def notice(self, code: str, message: str) -> None:
        """Say something once."""
        notice = Notice(code=code, message=message)
        if notice not in self.notices:
            self.notices.append(notice)

    def rich_text(self, text: str, text_format: TextFormat, files: Mapping[str, bytes] | None = None) -> str:
        """Return rich text for one text of the file; ``files`` are those that came with it, by name."""
        if len(text) > MAX_FIELD_LENGTH and not _INLINE_DATA.search(text):
            raise Unfit(
                "text_too_long",
                _("A text of the question is longer than %(limit)d characters.") % {"limit": MAX_FIELD_LENGTH},
                _("Shorten it, or split the question."),
            )
        if not text.strip():
            return ""
        html = self._converted(self._with_stored_media(text, files or {}), text_format)
        if self._has_left_out and richtext.is_blank(html):
            raise Unfit(
                "only_outside_media",
                _("A text of the question is nothing but a picture or sound that is not in the file."),
                _("Put the picture into the file, or describe it in words."),
            )
        return html

    def _converted(self, text: str, text_format: TextFormat) -> str:
        if text_format == "markdown":
            return richtext.from_markdown(text)
        if text_format == "html" or (text_format != "plain" and _is_html(text, text_format)):
            return richtext.from_html(text.strip())
        return richtext.tex_to_spans(richtext.from_plain_text(text))

    def _with_stored_media(self, text: str, files: Mapping[str, bytes]) -> str:
        """Replace what shows files that came with the text by references to them."""
        if "data:" in text:
            text = _INLINE_DATA.sub(self._store_inline, text)
        if "@@PLUGINFILE@@" in text:
            text = _PLUGIN_FILE.sub(lambda match: self._store_named(match["name"], files), text)
        self._has_left_out = False
        for match in _OUTSIDE.finditer(text):
            self._has_left_out = True
            self.notice(
                "outside_media",
                _("A picture or sound (%(address)s) is not in the file and was left out. Add it by hand.")
                % {"address": html_escapes.unescape(match["address"])[:200]},
            )
        return text

    def _store_inline(self, match: re.Match[str]) -> str:
        try:
            content = base64.b64decode(unquote(match["data"]), validate=False)
        except (binascii.Error, ValueError):
            self.notice("broken_media", _("A picture inside the text is damaged and was left out."))
            return match["before"]
        return f"{match['before']}media:{self.add_file(match['type'].replace('/', '.'), content)}"

    def _store_named(self, address: str, files: Mapping[str, bytes]) -> str:
        name = unquote(html_escapes.unescape(address)).partition("?")[0].rsplit("/", 1)[-1]
        if name not in files:
            self.notice("missing_media", _("The file %(name)s is not in the import and was left out.") % {"name": name})
            return ""
        return f"media:{self.add_file(name, files[name])}"


def _is_html(text: str, text_format: TextFormat) -> bool:
    return richtext.looks_like_html(text) or (text_format == "auto" and bool(_ENTITY.search(text)))


def plain(text: str) -> str:
    """Return a title, pattern or label as plain text, whether it was written with HTML or not."""
    return richtext.to_plain_text(text) if _is_html(text, "auto") else " ".join(text.split())
