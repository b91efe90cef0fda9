"""What templates, style sheets and vendored files must hold to, read from the files themselves."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from apps.core.icons import ICONS
from tools import vendor

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted(path for path in (ROOT / "static").rglob("*.css") if "vendor" not in path.parts)
SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
PRINTED = {"exams/receipt.html"}  # becomes a PDF, holds its own style and never meets a browser
OWN_PAGES = {"admin.css", "design.css", "console.css"}  # met on one page of staff each, never by candidates
STYLE_BUDGET_BYTES = 60 * 1024
SCRIPT_BUDGET_BYTES = 120_000

TEMPLATE_SYNTAX = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
BLOCK_TRANSLATION = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}", re.DOTALL)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"}
READ_ALOUD = {"aria-label", "aria-description", "alt", "placeholder", "title"}
# names that are the same in every language, and classes that a block of Django's admin takes
UNTRANSLATED = {"Lectern", "English", "PHYS", "OpenAPI", "theme"}


def name_of(template: Path) -> str:
    return template.relative_to(ROOT / "templates").as_posix()


class Reading(HTMLParser):
    """Collects what a page says in plain letters, its attributes, and elements with text inside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.words += [value or "" for name, value in attrs if name in READ_ALOUD]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if not data.strip():
            return
        if {"script", "style"} & set(self.open):
            self.inline.append(data.strip())
        elif not {"code", "kbd"} & set(self.open):
            self.words.append(data)


def read(template: Path) -> Reading:
    """Read a template's HTML without its tags, variables and translated blocks."""
    text = BLOCK_TRANSLATION.sub("", template.read_text())
    reading = Reading()
    reading.feed(TEMPLATE_SYNTAX.sub(lambda syntax: "x" if syntax[0].startswith("{{") else "", text))
    return reading


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_template_holds_no_script_style_or_handler_of_its_own(template):
    if name_of(template) in PRINTED:
        pytest.skip("is printed, not shown in a browser")
    reading = read(template)

    forbidden = [
        f"<{tag} {name}>"
        for tag, name, value in reading.attributes
        if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:")
    ]
    assert (forbidden, reading.inline) == ([], [])


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_word_a_template_shows_can_be_translated(template):
    shown = {word for text in read(template).words for word in re.findall(r"[A-Za-z]{4,}", text)}

    assert shown - UNTRANSLATED == set()


def test_style_sheets_know_start_and_end_rather_than_left_and_right():
    physical = re.compile(
        r"(?:^|[\s;{])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
        r"|(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
        r"|(?:float|clear|text-align)\s*:\s*(?:left|right))",
    )
    without_queries = re.compile(r"@(?:media|container)[^{]*\{")

    found = {
        path.name: [match.group().strip() for match in physical.finditer(without_queries.sub("", path.read_text()))]
        for path in STYLES
    }
    assert {name: matches for name, matches in found.items() if matches} == {}


def test_style_sheets_name_colours_only_among_the_tokens():
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab|lch)a?\(", re.IGNORECASE)
    text_of = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in STYLES}

    assert [name for name, text in text_of.items() if name != "tokens.css" and colour.search(text)] == []


def test_style_sheets_and_scripts_stay_small():
    met = [path for path in STYLES if path.name not in OWN_PAGES]
    sizes = [sum(path.stat().st_size for path in paths) for paths in (met, SCRIPTS)]

    assert sizes[0] <= STYLE_BUDGET_BYTES
    assert sizes[1] <= SCRIPT_BUDGET_BYTES


def test_every_class_that_is_styled_is_used_and_every_class_used_is_styled():
    not_selectors = re.compile(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", re.DOTALL)
    styled_in = {
        path.name: set(re.findall(r"\.(-?[a-z][\w-]*)", not_selectors.sub("", path.read_text()))) for path in STYLES
    }
    of_others = {"admin.css", "console.css"}  # style markup that is not in our templates
    styled = set().union(*(names for sheet, names in styled_in.items() if sheet not in of_others))
    templates = "\n".join(path.read_text() for path in TEMPLATES if name_of(path) not in PRINTED)
    sources = "\n".join(
        path.read_text() for path in [*SCRIPTS, *(ROOT / "apps" / "core" / "templatetags").glob("*.py")]
    )
    written = {
        name
        for value in re.findall(r'class="([^"]*)"', TEMPLATE_SYNTAX.sub(" ", templates))
        for name in re.findall(r"[a-z][\w-]*", value)
    }
    everywhere = set(re.findall(r"[\w-]+", templates + sources))
    made_elsewhere = {"c-1", "c-2", "c-3", "c-mute", "katex", "theme-light", "theme-dark", "theme-contrast"}

    assert styled - everywhere - made_elsewhere == set()
    assert written.difference(*styled_in.values()) - {"c-"} == set()


def test_every_icon_a_template_asks_for_is_drawn():
    asked = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([\w-]+)"', path.read_text())} | {
        name for path in TEMPLATES for name in re.findall(r'\bicon="([\w-]+)"', path.read_text())
    }

    assert asked - ICONS.keys() == set()


def test_vendored_files_agree_with_their_lock():
    assert vendor.disagreements(vendor.read_lock(), vendor.TARGET) == []


def test_a_vendored_file_that_was_changed_lost_or_added_is_named(tmp_path):
    copy = tmp_path / "vendor"
    shutil.copytree(vendor.TARGET, copy)
    (copy / "katex" / "katex.min.js").write_text("other")
    (copy / "literata" / "LICENSE").unlink()
    (copy / "katex" / "stray.js").write_text("stray")

    assert vendor.disagreements(vendor.read_lock(), copy) == [
        "katex/katex.min.js was changed",
        "katex/stray.js is not in the lock",
        "literata/LICENSE is missing",
    ]


def test_a_package_without_its_licence_is_named(tmp_path):
    lock = json.loads(json.dumps(vendor.read_lock()))
    del lock["packages"][0]["files"]["LICENSE"]

    assert "katex is kept without its licence" in vendor.disagreements(lock, vendor.TARGET)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("a.js", b"let a;\n//# sourceMappingURL=a.js.map\n", b"let a;\n"),
        ("a.css", b"a{}\n/*# sourceMappingURL=a.css.map */", b"a{}\n"),
        (
            "k.css",
            b'src:url(f.woff2) format("woff2"),url(f.woff) format("woff"),url(f.ttf) format("truetype")}',
            b'src:url(f.woff2) format("woff2")}',
        ),
        ("f.woff2", b"//# sourceMappingURL=x", b"//# sourceMappingURL=x"),
    ],
    ids=["script", "style sheet", "fonts", "not a text"],
)
def test_what_is_vendored_refers_to_nothing_that_is_not_there(name, given, expected):
    assert vendor.cleaned(name, given) == expected
