"""Tags and filters for the design system: icons, sheets, notices, dialogs, fields, lists of pages, charts."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from apps.core import charts, richtext
from apps.core.icons import ICONS, MARK, MIRRORED_ICONS

register = template.Library()

TONES = {"ink": "info", "moss": "check", "brass": "warn", "madder": "warn"}
HALF = 50.0
MESSAGE_TONES = {"success": "moss", "warning": "brass", "error": "madder"}


@register.simple_tag
def icon(name: str, label: str = "", *, large: bool = False) -> SafeString:
    """Draw an icon. Without a label it is decoration beside a word; with one it is an image of that name."""
    classes = " ".join(
        ["icon", *(["icon-large"] if large else []), *(["mirrored"] if name in MIRRORED_ICONS else [])],
    )
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    drawing = mark_safe(ICONS[name])  # noqa: S308 - constants of our own
    return format_html('<svg class="{}" viewBox="0 0 20 20" focusable="false" {}>{}</svg>', classes, meaning, drawing)


@register.simple_tag
def mark() -> SafeString:
    """Draw the mark: a lectern with its lamp."""
    return mark_safe(MARK)  # noqa: S308 - a constant of our own


@register.simple_block_tag
def sheet(
    content: str,
    number: Any = "",
    *,
    unit: Any = "",
    at: datetime | None = None,
    labelled_by: str = "",
    tag: str = "section",
) -> str:
    """Lay what matters most on a page on a sheet with a ruled margin, in which a number or an hour (``at``) hangs."""
    shown = {"content": content, "number": number, "unit": unit, "at": at, "labelled_by": labelled_by, "tag": tag}
    return render_to_string("components/sheet.html", shown)


@register.simple_block_tag
def notice(content: str, tone: str = "ink", *, icon: str = "", role: str = "") -> str:
    """Say something where it is read. ``tone`` is ink, moss, brass or madder; ``role`` may be status or alert."""
    return render_to_string(
        "components/notice.html", {"content": content, "tone": tone, "icon": icon or TONES[tone], "role": role}
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: Any) -> str:
    """Hold a modal dialog, opened by a button with ``data-opens="<id>"``."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag
def list_state(content: str, kind: str, title: Any, *, icon: str = "") -> str:
    """Show that a list is empty, loading, in error or without a match; what can be done stands inside."""
    icons = {"empty": "bank", "error": "warn", "no-match": "search", "loading": ""}
    return render_to_string(
        "components/list_state.html",
        {"content": content, "kind": kind, "title": title, "icon": icon or icons[kind]},
    )


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """Draw a form field with its label, hint and errors. Other arguments become attributes: ``inputmode="numeric"``."""
    widget = bound.field.widget
    kind = "line"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "group"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    css = {"line": "input", "check": "tick", "group": "tick"}[kind]
    attrs = {"class": css, **{name.replace("_", "-"): value for name, value in attributes.items()}}
    return {"field": bound, "kind": kind, "control": bound.as_widget(attrs=attrs) if kind != "group" else ""}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Draw the numbers of a list's pages. Links keep the rest of the query string."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    request = context["request"]
    links = [
        {
            "number": number,
            "is_gap": number == page.paginator.ELLIPSIS,
            "is_current": number == page.number,
            "query": _query_with(request, parameter, number),
        }
        for number in numbers
    ]
    return {"page": page, "links": links}


def _query_with(request: Any, parameter: str, value: Any) -> str:
    """Return the request's query string with one parameter changed."""
    query = request.GET.copy()
    query[parameter] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def bar(value: float | Decimal, maximum: float | Decimal, *, goal: float | Decimal | str | None = None) -> SafeString:
    """Draw one bar, ``value`` of ``maximum``; ``goal`` in the same unit is marked. The number stands beside it as text.

    Less than half is drawn in brass, which asks for work and does not scold.
    """
    filled = charts.share(value, maximum)
    line = (
        format_html('<rect x="{}" width="0.8" height="12" class="c-ink"/>', charts.share(Decimal(goal), maximum))
        if goal not in (None, "")
        else ""
    )
    return format_html(
        '<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect y="2" width="100" height="8" class="c-track"/><rect y="2" width="{}" height="8" class="{}"/>{}</svg>',
        filled,
        "c-1" if filled >= HALF else "c-brass",
        line,
    )


@register.inclusion_tag("components/column_chart.html")
def column_chart(
    rows: Sequence[tuple[str, float]], *, label: Any, caption: Any = "", stressed: int | None = None
) -> dict[str, Any]:
    """Draw (label, value) rows as columns with the numbers on them, and one sentence of meaning below."""
    return {
        "columns": charts.columns(rows, stressed=stressed),
        "width": charts.CHART_WIDTH,
        "height": charts.CHART_HEIGHT,
        "baseline": charts.BASELINE,
        "label": label,
        "caption": caption,
    }


@register.filter
def message_tone(tags: str) -> str:
    """Return the tone of a message of Django's messages framework from its tags."""
    return next((tone for tag, tone in MESSAGE_TONES.items() if tag in tags.split()), "ink")


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and last word of a name; an email address gives its first letter."""
    words = str(name).split("@", maxsplit=1)[0].split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words[:1]))


@register.filter
def item(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """Return a mapping's value under a key, or nothing."""
    return (mapping or {}).get(key)


@register.filter
def duration(seconds: float | None) -> str:
    """Return seconds in words of at most two units: ``2 min 40 s``; nothing for no time."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = []
    if hours:
        parts.append(gettext("%(count)s h") % {"count": hours})
    if minutes:
        parts.append(gettext("%(count)s min") % {"count": minutes})
    if (rest and not hours) or not parts:
        parts.append(gettext("%(count)s s") % {"count": rest})
    return " ".join(parts)


@register.filter
def minutes(count: int) -> str:
    """Return a number of minutes in words."""
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


@register.filter
def plain_number(value: Decimal | float | None) -> str:
    """Return a mark without trailing zeros: ``2``, ``1.5``; rounded to two places for reading only."""
    if value is None:
        return ""
    rounded = f"{Decimal(str(value)):.2f}"
    return rounded.rstrip("0").rstrip(".")


@register.filter
def plural_number(value: Decimal | float) -> int:
    """Return the whole number whose plural form ``value`` takes: 1 for exactly 1, else the next above it."""
    return math.ceil(value) if value != 1 else 1


@register.filter
def stored_html(markup: str) -> SafeString:
    """Show rich text as stored. Only for what ``core.richtext.sanitise`` returned before it was written: stems, options,
    explanations, summaries. Anything else stays escaped.
    """
    return mark_safe(markup)  # noqa: S308 - sanitised on the way in; see the docstring


@register.filter
def direction(markup: str) -> str:
    """Return "rtl" or "ltr", the way rich text is written. A question takes the way of its stem, options and all, so that
    keys and words of an Arabic paper stand on the same side in a page of any language.
    """
    return richtext.direction_of(markup)


@register.filter
def grouped(digits: str) -> str:
    """Return a long digest in groups of four, so that two can be compared by eye."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
