"""Storing, sharing, linking and removing files, and their API."""

import io
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile
from rest_framework.test import APIClient

from apps.core import file_types, files, images
from apps.core.errors import NotAllowed, NotFound, TooLarge
from apps.core.images import BrokenImage
from apps.core.models import StoredFile
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEXT = b"::Q1:: 2 + 2 = {=4}"


def picture(width=60, height=40, *, format="PNG", mode="RGB", **options):
    stream = io.BytesIO()
    Image.effect_noise((width, height), 80).convert(mode).save(stream, format=format, **options)
    return stream.getvalue()


def with_place_and_maker(width=60, height=40):
    """A JPEG lying on its side that tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    return picture(width, height, format="JPEG", exif=exif)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": str(tmp_path)}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}


@pytest.fixture
def owner(db):
    return UserFactory()


def store(owner, content=TEXT, filename="bank.gift", **options):
    return files.store(owner=owner, organization_id=None, filename=filename, content=content, **options)


def content_of(stored):
    with files.opened(stored) as stream:
        return stream.read()


def stored_names(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_a_file_is_kept_with_what_it_is(owner):
    stored = store(owner)

    assert (stored.media_type, stored.kind, stored.filename, stored.size_bytes) == (
        "text/plain", "document", "bank.gift", len(TEXT),
    )  # fmt: skip
    assert content_of(stored) == TEXT


def test_the_same_content_is_stored_once_in_an_organisation_and_apart_in_another(owner, tmp_path):
    here, there = OrganizationFactory(), OrganizationFactory()

    def keep(organization):
        return files.store(owner=owner, organization_id=organization.pk, filename="a.txt", content=TEXT)

    first, again, elsewhere = keep(here), keep(here), keep(there)

    assert first.pk != again.pk
    assert first.storage_name == again.storage_name != elsewhere.storage_name
    assert len(stored_names(tmp_path)) == 2


def test_an_uploaded_file_object_is_kept_like_bytes(owner):
    stored = store(owner, SimpleUploadedFile("x.csv", b"a,b\n1,2\n"), "x.csv")

    assert (content_of(stored), stored.media_type) == (b"a,b\n1,2\n", "text/csv")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"<html><script>alert(1)</script>", "file_type_not_accepted"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "broken_image"),
        (b"\xff\xd8\xff<html>", "broken_image"),
        (picture()[:200], "broken_image"),
    ],
)
def test_what_is_refused_is_not_stored(content, code, owner, tmp_path):
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - the code below is what tells them apart
        store(owner, content, "innocent.png")

    assert refusal.value.error_code == code
    assert (StoredFile.objects.count(), stored_names(tmp_path)) == (0, [])


def test_half_an_image_is_refused_also_after_a_pdf_was_printed(owner, tmp_path, monkeypatch):
    """The PDF library tells Pillow to fill up what is missing, for the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    with pytest.raises(BrokenImage):
        store(owner, picture()[:200], "half.png")
    assert (StoredFile.objects.count(), stored_names(tmp_path)) == (0, [])


def test_limits_are_by_bytes_and_smaller_for_images(owner, settings, tmp_path):
    settings.UPLOAD_LIMIT_BYTES, settings.IMAGE_LIMIT_BYTES = 5_000, 1_000
    store(owner, b"a" * 5_000)
    image = picture(60, 60)

    for content in (b"a" * 5_001, image):
        with pytest.raises(TooLarge) as refusal:
            store(owner, content)
        assert refusal.value.error_code == "file_too_large"
    assert len(stored_names(tmp_path)) == 1


def test_only_wanted_kinds_are_taken(owner):
    with pytest.raises(files.TypeNotAccepted):
        store(owner, picture(), "a.png", kinds=files.DOCUMENTS)


# --- Images -----------------------------------------------------------------------------------------------------------
def test_a_photo_is_turned_upright_scaled_down_and_tells_nothing_else(owner, settings):
    settings.IMAGE_SIDE_PIXELS = 100
    stored = store(owner, with_place_and_maker(400, 200), "photo.jpg")

    content = content_of(stored)
    image = Image.open(io.BytesIO(content))
    assert (image.size, dict(image.getexif())) == ((50, 100), {})
    assert (stored.width_pixels, stored.height_pixels, stored.media_type) == (50, 100, "image/jpeg")
    assert b"Secret" not in content


@pytest.mark.parametrize(
    ("format", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("JPEG", "L"), ("JPEG", "CMYK"),
     ("WEBP", "RGBA"), ("GIF", "P")],
)  # fmt: skip
def test_images_of_all_modes_come_out_as_they_went_in(format, mode):
    content = picture(format=format, mode=mode)
    media_type = f"image/{format.lower()}"

    written = images.optimise(content, media_type=media_type)

    assert (written.width, written.height) == (60, 40)
    assert Image.open(io.BytesIO(written.content)).format == format


def test_what_hides_behind_an_image_is_gone_after_writing_it_anew(owner):
    stored = store(owner, picture() + b"<script>alert(1)</script>", "a.png")

    assert b"script" not in content_of(stored)


def test_an_animation_keeps_its_frames():
    stream = io.BytesIO()
    frames = [Image.new("RGB", (20, 10), color) for color in ("red", "green", "blue")]
    frames[0].save(stream, format="GIF", save_all=True, append_images=frames[1:], comment=b"secret")

    written = images.optimise(stream.getvalue(), media_type="image/gif").content

    assert Image.open(io.BytesIO(written)).n_frames == 3
    assert b"secret" not in written


def test_an_image_of_too_many_pixels_is_refused_before_it_is_unpacked(settings):
    settings.IMAGE_LIMIT_PIXELS = 10_000
    with pytest.raises(TooLarge) as refusal:
        images.optimise(picture(101, 100), media_type="image/png")

    assert refusal.value.error_code == "too_many_pixels"


def test_a_bomb_that_says_it_is_huge_is_refused():
    """30,000 x 30,000 pixels of nothing in a few bytes."""
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x75\x30\x00\x00\x75\x30\x08\x02\x00\x00\x00"
    content = header + zlib.crc32(header[12:]).to_bytes(4, "big") + b"\x00\x00\x00\x00IEND\xaeB`\x82"
    with pytest.raises(TooLarge):
        images.optimise(content, media_type="image/png")


# --- Names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\ana\\photo.PNG", "photo.png"),
        ("evil\u202egnp.exe", "evilgnp.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ("", "file.png"),
        (".png", "png.png"),
        ("x" * 500 + ".png", "x" * 196 + ".png"),
        ("résumé.png", "résumé.png"),
    ],
)
def test_names_are_made_harmless_and_end_as_their_type_does(given_name, expected):
    assert files.clean_name(given_name, file_types.PNG) == expected


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one(given_name):
    name = files.clean_name(given_name, file_types.PNG)

    assert len(name) <= files.MAX_NAME_CHARACTERS
    assert name.endswith(".png")
    assert not set(name) & set('/\\\r\n\0<>:"|?*')


# --- Sharing, links, removal ------------------------------------------------------------------------------------------
def test_visible_to_the_owner_and_whom_it_is_shared_with(owner):
    friend, stranger = UserFactory(), UserFactory()
    stored = store(owner)
    files.share(actor=owner, stored=stored, user=friend)
    files.share(actor=owner, stored=stored, user=friend)

    def seen(user):
        return list(StoredFile.objects.visible_to(user))

    assert (seen(owner), seen(friend), seen(stranger)) == ([stored], [stored], [])


def test_only_the_owner_shares_and_removes(owner):
    stranger = UserFactory()
    stored = store(owner)

    with pytest.raises(NotAllowed):
        files.share(actor=stranger, stored=stored, user=stranger)
    with pytest.raises(NotAllowed):
        files.remove(actor=stranger, stored=stored, now=AT)
    assert list(StoredFile.objects.visible_to(owner)) == [stored]


def test_removed_content_is_deleted_a_week_later_unless_another_row_has_it(owner, tmp_path):
    lonely, first, second = store(owner, b"lonely"), store(owner), store(owner)
    for stored in (lonely, first):
        files.remove(actor=owner, stored=stored, now=AT)
    week = AT + files.GRACE + timedelta(seconds=1)

    deleted = (
        files.delete_removed(now=AT + files.GRACE),
        files.delete_removed(now=week),
        files.delete_removed(now=week),
    )

    assert deleted == (0, 1, 0)
    assert len(stored_names(tmp_path)) == 1
    assert content_of(second) == TEXT
    with pytest.raises(NotFound):
        files.of_link(files.link(lonely).rpartition("/")[2])


# --- API --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def client(owner):
    """The API, called by the owner."""
    return client_of(owner)


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def status_of(link, *, method="get"):
    response = getattr(Client(), method)(link)
    response.close()
    return response.status_code


def upload(client, content, name, path="/api/v1/uploads"):
    return client.post(path, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def test_upload_answers_with_the_file_and_a_link_that_reads_it(client, owner):
    MembershipFactory(user=owner)
    answer = upload(client, TEXT, "bank.gift")

    data = answer.json()["data"]
    stored = StoredFile.objects.get()
    assert answer.status_code == 201
    assert (data["id"], data["filename"], data["kind"], data["size_bytes"]) == (
        str(stored.public_id), "bank.gift", "document", len(TEXT),
    )  # fmt: skip
    assert stored.organization_id == owner.acting_membership().organization_id
    served = Client().get(data["url"])
    assert b"".join(served.streaming_content) == TEXT
    assert {
        name: served[name] for name in ("Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options")
    } == {
        "Content-Disposition": 'attachment; filename="bank.gift"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }


def test_documents_upload_takes_documents_only(client):
    path = "/api/v1/documents/upload"

    assert upload(client, TEXT, "a.txt", path).status_code == 201
    refused = upload(client, picture(), "a.png", path)
    assert (refused.status_code, refused.json()["details"]["code"]) == (415, "file_type_not_accepted")


def test_an_upload_over_the_limit_ends_while_it_arrives(client, settings, tmp_path):
    settings.UPLOAD_LIMIT_BYTES = 200_000

    refused = upload(client, b"a" * 300_000, "a.txt")

    assert (refused.status_code, refused.json()["details"]["code"]) == (413, "file_too_large")
    assert stored_names(tmp_path) == []


def test_upload_without_a_file_says_which_field_is_missing(client):
    refused = client.post("/api/v1/uploads", {}, format="multipart")

    assert (refused.status_code, list(refused.json()["details"]["fields"])) == (400, ["file"])


def test_a_file_is_fetched_by_its_owner_and_hidden_from_others(client, owner):
    stored = store(owner)
    path = f"/api/v1/uploads/{stored.public_id}"
    stranger = UserFactory()

    assert client.get(path).json()["data"]["sha256"] == stored.sha256
    assert client_of(stranger).get(path).status_code == 404
    assert Client().get(path).status_code == 401


def test_a_link_works_for_minutes_and_only_as_it_was_made(owner, settings, monkeypatch):
    stored = store(owner)
    link = files.link(stored)
    answers = [status_of(link), status_of(link[:-2] + "xx")]
    monkeypatch.setattr(signing.time, "time", lambda: 4_000_000_000.0)

    assert [*answers, status_of(link)] == [200, 404, 404]


@pytest.mark.parametrize("method", ["post", "delete"])
def test_links_only_read(method, owner):
    assert status_of(files.link(store(owner)), method=method) == 405
