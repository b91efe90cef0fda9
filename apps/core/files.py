"""Files people upload: checked before they are stored, kept once per content and organisation, handed out by signed links."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import file_types, images
from apps.core.errors import BadInput, NotAllowed, NotFound, TooLarge, UnsupportedType
from apps.core.file_types import FileType
from apps.core.models import FileShare, StoredFile

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

ALL_KINDS = frozenset(StoredFile.Kind.values)
DOCUMENTS = frozenset({StoredFile.Kind.DOCUMENT.value})
GRACE = timedelta(days=7)  # between removing a file and deleting its content
MAX_NAME_CHARACTERS = 200
_LINK_SALT = "core.files.link"
_READ_BYTES = 1024 * 1024


class TypeNotAccepted(UnsupportedType):
    """Not a kind of file that is stored, or not one that is wanted here."""

    code = "file_type_not_accepted"
    default_message = _(
        "This kind of file is not accepted here. Accepted are images (PNG, JPEG, GIF, WebP), PDF, office documents "
        "(DOCX, XLSX, PPTX), text, CSV, XML, ZIP, sound and video (MP3, M4A, Ogg, WAV, MP4, MOV, WebM)."
    )


class EmptyFile(BadInput):
    """Nothing in it."""

    code = "empty_file"
    default_message = _("This file is empty.")


def store(
    *,
    owner: "AbstractBaseUser",
    organization_id: int | None,
    filename: str,
    content: bytes | File,
    kinds: Collection[str] = ALL_KINDS,
    may_hold_markup: bool = False,
) -> StoredFile:
    """Check and keep a file; images are made upright and small and lose their metadata.

    ``may_hold_markup`` takes text that a browser could take for a page, such as questions about HTML: for files that are
    read here and handed out as attachments only.
    Raises ``TypeNotAccepted``, ``EmptyFile``, ``TooLarge`` or ``images.BrokenImage``, all before anything is stored. A
    content the organisation already has is not stored again.
    """
    file = ContentFile(content) if isinstance(content, bytes) else content
    found = _checked_type(file, filename, kinds, may_hold_markup=may_hold_markup)
    picture = None
    if found.kind == "image":
        picture = images.optimise(_read(file), media_type=found.media_type)
        file = ContentFile(picture.content)
    row = StoredFile(
        organization_id=organization_id,
        owner_id=owner.pk,
        sha256=_digest(file),
        filename=clean_name(filename, found),
        media_type=found.media_type,
        kind=found.kind,
        size_bytes=file.size,
        width_pixels=picture.width if picture else None,
        height_pixels=picture.height if picture else None,
    )
    if not _saved_beside_its_twin(row):
        row.storage_name = _write(file, row, extension=found.extension)
        row.save(force_insert=True)
    return row


@contextmanager
def opened(stored: StoredFile) -> Iterator[BinaryIO]:
    """Open a file's content for reading. NotFound when the storage has lost it."""
    try:
        with default_storage.open(stored.storage_name, "rb") as stream:
            yield cast(BinaryIO, stream)
    except FileNotFoundError:
        raise NotFound(_("The content of this file is missing in the storage.")) from None


def share(*, actor: "AbstractBaseUser", stored: StoredFile, user: "AbstractBaseUser") -> None:
    """Let one more person read a file. Repeating it changes nothing."""
    if stored.owner_id != actor.pk:
        raise NotAllowed(_("Only its owner can share a file."))
    FileShare.objects.get_or_create(file=stored, user_id=user.pk)


def remove(*, actor: "AbstractBaseUser", stored: StoredFile, now: datetime) -> StoredFile:
    """Take a file away from everybody. Its content follows a week later, when no other row has it. Repeatable."""
    if stored.owner_id != actor.pk:
        raise NotAllowed(_("Only its owner can remove a file."))
    if stored.removed_at is None:
        stored.removed_at = now
        stored.save(update_fields=["removed_at"])
    return stored


def delete_removed(*, now: datetime, batch: int = 500) -> int:
    """Delete the content of files removed a week ago unless another row still has it; return how many contents."""
    old = StoredFile.objects.filter(removed_at__lt=now - GRACE).exclude(storage_name="")
    names = list(old.order_by("removed_at").values_list("storage_name", flat=True).distinct()[:batch])
    deleted = 0
    for name in names:
        with transaction.atomic():
            rows = StoredFile.objects.select_for_update().filter(storage_name=name)
            is_unused = all(row.removed_at is not None and row.removed_at < now - GRACE for row in rows)
            rows.filter(removed_at__lt=now - GRACE).update(storage_name="")
        if is_unused:  # and stays so: nobody finds the name any more
            default_storage.delete(name)
            deleted += 1
    return deleted


# --- Links ------------------------------------------------------------------------------------------------------------
def link(stored: StoredFile) -> str:
    """Return the address at which whoever knows it can read the file for the next ``FILE_LINK_SECONDS``."""
    token = signing.dumps(str(stored.public_id), salt=_LINK_SALT)
    return settings.FILES_ORIGIN + reverse("core_root:file", args=[token])


def of_link(token: str) -> StoredFile:
    """Return the file of a link. NotFound for one that is forged or too old, or whose file was removed."""
    try:
        public_id = UUID(signing.loads(token, salt=_LINK_SALT, max_age=settings.FILE_LINK_SECONDS))
    except (signing.BadSignature, ValueError):
        raise NotFound(_("This link has expired. Ask for the file again.")) from None
    stored = StoredFile.objects.filter(public_id=public_id, removed_at=None).first()
    if stored is None:
        raise NotFound
    return stored


def clean_name(filename: str, found: FileType) -> str:
    """Return a name without path, control and direction characters, that ends as its type does."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = "".join(
        character for character in name if unicodedata.category(character)[0] != "C" and character not in '<>:"|?*'
    )
    stem, dot, extension = name.strip(" .").rpartition(".")
    stem = (stem if dot else extension).strip(" .") or "file"
    known = extension.lower() if dot and re.fullmatch(r"[A-Za-z0-9]{1,8}", extension) else ""
    ending = known if known in _ENDINGS.get(found.extension, {found.extension}) else found.extension
    return f"{stem[: MAX_NAME_CHARACTERS - len(ending) - 1]}.{ending}"


# endings that mean the same type, or that say more than the bytes do
_ENDINGS = {
    "jpg": {"jpg", "jpeg"},
    "txt": {"txt", "gift", "md", "tex", "srt", "vtt", "json", "log"},
    "csv": {"csv", "tsv"},
    "mp4": {"mp4", "m4v"},
}


# --- Checks -----------------------------------------------------------------------------------------------------------
def _checked_type(file: File, filename: str, kinds: Collection[str], *, may_hold_markup: bool) -> FileType:
    if not file.size:
        raise EmptyFile
    refuse_too_large(file.size, settings.UPLOAD_LIMIT_BYTES)
    file.seek(0)
    head = file.read(file_types.HEAD_BYTES)
    found = file_types.recognise(head, filename=filename, may_hold_markup=may_hold_markup)
    if found is file_types.ZIP:
        file.seek(0)
        found = file_types.look_into_zip(cast(BinaryIO, file))
    if found is None or found.kind not in kinds:
        raise TypeNotAccepted
    if found.kind == "image":
        refuse_too_large(file.size, settings.IMAGE_LIMIT_BYTES)
    return found


def refuse_too_large(size: int, limit: int) -> None:
    """Refuse a file over its limit."""
    if size > limit:
        raise TooLarge(
            _("This file has %(size)d bytes; %(limit)d are the most.") % {"size": size, "limit": limit},
            code="file_too_large",
            details={"limit_bytes": limit},
        )


def _read(file: File) -> bytes:
    file.seek(0)
    return cast(bytes, file.read())


def _digest(file: File) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_READ_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


# --- Content ----------------------------------------------------------------------------------------------------------
def _saved_beside_its_twin(row: StoredFile) -> bool:
    """Save the row with the stored content of another row of its organisation, if one has the same."""
    with transaction.atomic():
        # locked, so that its content is not deleted before the new row stands
        twin = (
            StoredFile.objects.select_for_update(no_key=True)
            .filter(organization=row.organization_id, sha256=row.sha256, media_type=row.media_type)
            .exclude(storage_name="")
            .first()
        )
        if twin is None:
            return False
        row.storage_name = twin.storage_name
        row.save(force_insert=True)
    return True


def _write(file: File, row: StoredFile, *, extension: str) -> str:
    """Write a content under a name of its own; return the name."""
    # never an existing name: a process that ended half way, or deletes at this moment, cannot spoil it
    folder = f"{row.organization_id or 'platform'}/{row.sha256[:2]}"
    file.seek(0)
    return default_storage.save(f"{folder}/{row.sha256}-{row.public_id.hex[-12:]}.{extension}", file)
