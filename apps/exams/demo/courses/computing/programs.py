"""Questions about short programs in Python; a test runs every one of them."""

import html
from textwrap import dedent

from apps.exams.demo.questions import Question, number, one_of, word
from apps.questionbank.models import Difficulty

ASKED = "What does this program print?"


def shown(code: str) -> str:
    """Return a program as it stands in a stem."""
    return f"<pre><code>{html.escape(dedent(code).strip(), quote=False)}</code></pre>"


def prints(level: Difficulty, code: str, right: str, wrong: list[str], why: str) -> Question:
    """A single choice of what a program prints; lines of its output are separated by spaces."""
    return one_of(
        level,
        f"{ASKED}{shown(code)}",
        f"<code>{html.escape(right, quote=False)}</code>",
        [f"<code>{html.escape(text, quote=False)}</code>" for text in wrong],
        why,
    )


def prints_number(level: Difficulty, code: str, right: int | str, why: str) -> Question:
    """A program that prints one number."""
    return number(level, f"Which number does this program print?{shown(code)}", right, why)


def prints_text(level: Difficulty, code: str, right: str, why: str) -> Question:
    """A program that prints one short text."""
    return word(level, f"{ASKED} Write exactly what it prints.{shown(code)}", [right], why)
