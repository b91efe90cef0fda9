"""The project's pages, taken apart far enough to test what they say."""

import re
from dataclasses import dataclass

from django.conf import settings

ROOT = settings.BASE_DIR
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^(```+)[ \t]*(\w*)[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; ``line`` is that of its first line in the page."""

    language: str
    text: str
    line: int


def name(page):
    """Return a page's path in the project."""
    return str(page.relative_to(ROOT))


def blocks(page, language=None):
    """Return the fenced blocks of a page, all or those of one language."""
    text = page.read_text()
    found = [Block(match[2], match[3], text[: match.start(3)].count("\n") + 1) for match in _FENCE.finditer(text)]
    return [block for block in found if language in (None, block.language)]


def prose(page):
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text())


def links(page):
    """Return the targets of a page's links."""
    return _LINK.findall(prose(page))


def spans(page):
    """Return the pieces of code inside a page's sentences and tables."""
    return _SPAN.findall(prose(page))


def anchors(page):
    """Return the anchors of a page's headings, as the usual renderers make them."""
    found = []
    for heading in _HEADING.findall(prose(page)):
        words = re.sub(r"[^\w\- ]", "", _LINK.sub(lambda link: link[0].partition("]")[0][1:], heading).lower())
        anchor = words.replace(" ", "-")
        found.append(anchor if anchor not in found else f"{anchor}-{found.count(anchor)}")
    return found


def table(page, *, under):
    """Return the rows of the first table under a heading, its head left out, as lists of cells."""
    after = f"\n{page.read_text()}".partition(f"\n{under}\n")[2]
    assert after, f"{name(page)} has no heading {under!r}"
    rows = []
    for line in after.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]
