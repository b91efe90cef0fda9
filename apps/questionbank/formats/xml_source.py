"""XML from strangers: no entities, no network, no half-read file."""

from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias

from django.utils.translation import gettext as _
from lxml import etree

from .records import MAX_MEDIA_BYTES, FileRefused

Element: TypeAlias = Any  # an lxml element; lxml has no types


def start_of_document(file: BinaryIO) -> None:
    """Move to the first byte that is no blank: some exporters write empty lines before the declaration."""
    file.seek(0)
    head = file.read(4096)
    file.seek(len(head) - len(head.lstrip()) if head[:2] not in (b"\xff\xfe", b"\xfe\xff") else 0)


def check(file: BinaryIO, *, root: str, entry: str) -> None:
    """Read the whole file once, so that one that breaks further down is refused before anything is taken from it.

    ``FileRefused`` names what is wrong: ``not_xml``, ``truncated``, ``malformed``, ``entity_expansion``,
    ``external_entity``, ``limit_exceeded`` or ``wrong_root``.
    """
    start_of_document(file)
    is_started = False
    try:
        for event, element in _parsed(file, events=("start", "end")):
            if not is_started:
                _refuse_declarations(element)
                _require_root(element, root)
                is_started = True
            if event == "end" and _is_entry(element, entry):
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise _syntax_refusal(error, is_started=is_started, is_complete=_ends_with(file, root)) from error


def entries(file: BinaryIO, *, entry: str) -> Iterator[Element]:
    """Yield each ``entry`` element of a file that ``check`` has passed; it is emptied when the next is asked for."""
    start_of_document(file)
    try:
        for _event, element in _parsed(file, events=("end",), tag=entry):
            if _is_entry(element, entry):
                yield element
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise _syntax_refusal(error, is_started=True, is_complete=True) from error


def _parsed(file: BinaryIO, *, events: tuple[str, ...], tag: str | None = None) -> Iterator[tuple[str, Element]]:
    return etree.iterparse(
        file,
        events=events,
        tag=tag,
        load_dtd=False,
        dtd_validation=False,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _is_entry(element: Element, entry: str) -> bool:
    """Whether it is an entry of its own: directly below the root, not part of another."""
    parent = element.getparent()
    return bool(element.tag == entry and parent is not None and parent.getparent() is None)


def _forget(element: Element) -> None:
    """Free an element that has been read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_declarations(element: Element) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is None:
        return
    external = bool(dtd.external_id or dtd.system_url)
    entities = list(dtd.iterentities())
    if external or any(entity.content is None for entity in entities):
        raise FileRefused(
            "external_entity",
            _("The file asks for another file to be read (an external entity or document type). That is not done."),
            _("Export the questions again without a document type."),
        )
    if entities:
        raise FileRefused(
            "entity_expansion",
            _("The file defines entities, which can be made to fill the memory. They are not expanded."),
            _("Export the questions again without a document type."),
        )


def _require_root(element: Element, root: str) -> None:
    if element.tag != root:
        raise FileRefused(
            "wrong_root",
            _("The file is XML, but no Moodle question file: it starts with <%(found)s>, not <%(expected)s>.")
            % {"found": str(element.tag)[:60], "expected": root},
            _("Choose the file that Moodle's question bank exported as “Moodle XML”."),
        )


def _ends_with(file: BinaryIO, root: str) -> bool:
    file.seek(max(0, file.seek(0, 2) - 512))
    return f"</{root}".encode() in file.read().replace(b"\x00", b"")


def _syntax_refusal(error: etree.XMLSyntaxError, *, is_started: bool, is_complete: bool) -> FileRefused:
    line = error.lineno or 1
    reason = str(error.msg)[:200]
    details = {"line": line, "reason": reason}
    if not is_started:
        return FileRefused(
            "not_xml",
            _("The file is not XML (line %(line)d: %(reason)s).") % details,
            _("Choose the file that Moodle's question bank exported as “Moodle XML”."),
            line=line,
        )
    if "limit" in reason or "Excessive" in reason:
        return FileRefused(
            "limit_exceeded",
            _("The file holds something too large or nested too deeply in line %(line)d (%(reason)s).") % details,
            _("Make pictures and sounds inside questions smaller than %(limit)d MB.")
            % {"limit": MAX_MEDIA_BYTES // 2**20},
            line=line,
        )
    if is_complete:
        return FileRefused(
            "malformed",
            _("The XML is damaged in line %(line)d (%(reason)s). Nothing was imported.") % details,
            _("Export or copy the file again, and check that it is complete."),
            line=line,
        )
    return FileRefused(
        "truncated",
        _("The file breaks off in line %(line)d (%(reason)s). Nothing was imported.") % details,
        _("Export or copy the file again, and check that it is complete."),
        line=line,
    )
