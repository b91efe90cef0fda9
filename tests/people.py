"""The cast: who appears in tests, and how they call.

Permission tests are tables of person × object → answer over ``people``.
"""

import contextlib
from dataclasses import dataclass, fields

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from apps.accounts import identities, services
from apps.accounts.http.sessions import DEVICE_KEY
from apps.accounts.models import DeviceSession, Membership, Organization, User
from apps.core import valkey
from tests.factories.accounts import (
    DeviceSessionFactory,
    MembershipFactory,
    OrganizationFactory,
    UniversityFactory,
    UserFactory,
)


@dataclass(frozen=True)
class Cast:
    """Everyone. All but the foreign teacher and the platform's people belong to one organisation."""

    student: User
    classmate: User
    teacher: User
    foreign_teacher: User
    parent: User
    org_admin: User
    operator: User
    admin: User
    anonymous: AnonymousUser

    def __iter__(self):
        """Yield ``(name, person)``."""
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    def table(self, answer):
        """Return ``{name: answer(person)}`` for everyone."""
        return {name: answer(person) for name, person in self}


@pytest.fixture(autouse=True)
def _identities_are_fresh():
    """Nobody is remembered from the test before."""
    identities.forget_everyone()


@pytest.fixture(autouse=True)
def _limits_are_fresh(settings):
    """Nobody has used up a limit in the test before."""

    def forget(server):
        for key in server.scan_iter(f"{settings.VALKEY_PREFIX}:rate:*", count=1000):
            server.unlink(key)

    with contextlib.suppress(valkey.Unreachable):
        valkey.attempt(forget)


@pytest.fixture
def organization(db) -> Organization:
    return OrganizationFactory(name="Harbour College", slug="harbour-college")


@pytest.fixture
def foreign_organization(db) -> Organization:
    return OrganizationFactory(name="Hill Academy", slug="hill-academy")


@pytest.fixture
def university(organization):
    return UniversityFactory(organization=organization, name="Harbour University")


@pytest.fixture
def student(organization) -> User:
    return _member(organization, Membership.Role.STUDENT, "Ines Duarte", "student@lectern.test")


@pytest.fixture
def classmate(organization) -> User:
    return _member(organization, Membership.Role.STUDENT, "Noor Haddad", "classmate@lectern.test")


@pytest.fixture
def teacher(organization) -> User:
    return _member(organization, Membership.Role.TEACHER, "Teodor Lind", "teacher@lectern.test")


@pytest.fixture
def foreign_teacher(foreign_organization) -> User:
    return _member(foreign_organization, Membership.Role.TEACHER, "Mara Kovacs", "foreign@lectern.test")


@pytest.fixture
def parent(organization) -> User:
    return _member(organization, Membership.Role.PARENT, "Paulo Duarte", "parent@lectern.test")


@pytest.fixture
def org_admin(organization) -> User:
    return _member(organization, Membership.Role.ORG_ADMIN, "Olga Brandt", "org-admin@lectern.test")


@pytest.fixture
def operator(db) -> User:
    return UserFactory(
        full_name="Oskar Nyberg", email="operator@lectern.test", platform_role=User.PlatformRole.OPERATOR
    )


@pytest.fixture
def admin(db) -> User:
    return UserFactory(full_name="Ada Quist", email="admin@lectern.test", platform_role=User.PlatformRole.ADMIN)


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def people(student, classmate, teacher, foreign_teacher, parent, org_admin, operator, admin, anonymous) -> Cast:
    return Cast(student, classmate, teacher, foreign_teacher, parent, org_admin, operator, admin, anonymous)


@pytest.fixture
def api():
    """Return a client that calls the API as a person, with an access token of an open device session::

    api(student).get("/api/v1/auth/me")
    """
    return _api_client


@pytest.fixture
def page():
    """Return a client that looks at pages as a person, with the session of a browser."""
    return _page_client


def device_of(person: User, **fields) -> DeviceSession:
    """Return a new open device session of a person."""
    return DeviceSessionFactory(user=person, **fields)


def _member(organization, role, full_name, email):
    user = UserFactory(full_name=full_name, email=email)
    MembershipFactory(user=user, organization=organization, role=role)
    return user


def _api_client(person: User | AnonymousUser, **extra) -> Client:
    client = Client(**extra)
    if isinstance(person, User):
        client.device = device_of(person, last_seen_at=timezone.now())
        token = services.issue_tokens(session=client.device, now=timezone.now()).access
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def _page_client(person: User | AnonymousUser, **extra) -> Client:
    client = Client(**extra)
    if isinstance(person, User):
        client.device = device_of(person, kind=DeviceSession.Kind.PAGE, last_seen_at=timezone.now())
        client.force_login(person)
        session = client.session
        session[DEVICE_KEY] = str(client.device.public_id)
        session.save()
    return client
