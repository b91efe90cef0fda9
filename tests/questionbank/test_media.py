"""Pictures and sounds of questions."""

import pytest
from django.core.files.storage import default_storage

from apps.core.models import StoredFile
from apps.questionbank.rendering import media_address
from tests.factories.questionbank import MediaFactory
from tests.questionbank.files_of_questions import png, stored

pytestmark = pytest.mark.django_db
ETAG = '"' + "ab" * 32 + '"'


@pytest.fixture
def media(teacher):
    return MediaFactory(file=stored(png(), "dot.png", teacher), sha256="ab" * 32)


@pytest.fixture
def content(media):
    with default_storage.open(media.file.storage_name) as file:
        return file.read()


def body(answer):
    return b"".join(answer.streaming_content)


def test_media_are_for_members_of_the_organisation(api, people, media):
    def call(person):
        answer = api(person).get(media_address(media.sha256))
        assert not answer.streaming or body(answer)
        return answer.status_code

    assert people.table(call) == {
        "student": 200,
        "classmate": 200,
        "teacher": 200,
        "foreign_teacher": 404,
        "parent": 200,
        "org_admin": 200,
        "operator": 404,
        "admin": 404,
        "anonymous": 401,
    }


def test_media_come_to_a_page_by_its_cookie(page, student, media, content):
    answer = page(student).get(f"/media/{media.sha256}")

    assert (answer.status_code, body(answer)) == (200, content)
    assert {
        name: answer[name]
        for name in (
            "Content-Type",
            "Content-Length",
            "Cache-Control",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "ETag",
        )
    } == {
        "Content-Type": "image/png",
        "Content-Length": str(len(content)),
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "ETag": ETAG,
    }


def test_media_that_are_known_are_not_sent_again(api, student, media):
    answer = api(student).get(f"/media/{media.sha256}", HTTP_IF_NONE_MATCH=ETAG)

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_part_of_media_is_sent_alone(api, student, media, content):
    answer = api(student).get(f"/media/{media.sha256}", HTTP_RANGE="bytes=2-5")

    assert (answer.status_code, body(answer)) == (206, content[2:6])
    assert (answer["Content-Range"], answer["Content-Length"]) == (f"bytes 2-5/{len(content)}", "4")


def test_a_part_outside_of_the_file_cannot_be_had(api, student, media, content):
    answer = api(student).get(f"/media/{media.sha256}", HTTP_RANGE="bytes=9999-")

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(content)}")


@pytest.mark.parametrize("address", ["/media/" + "cd" * 32, "/media/nothing", "/media/" + "AB" * 32])
def test_other_addresses_are_not_found(api, student, media, address):
    assert api(student).get(address).status_code == 404


def test_media_lost_by_the_storage_are_not_found(api, student, media):
    StoredFile.objects.update(storage_name="nowhere")

    assert api(student).get(f"/media/{media.sha256}").status_code == 404
