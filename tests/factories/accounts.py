"""People, organisations and devices: required fields, fixed dates, nothing else."""

from datetime import UTC, datetime

import factory
from django.contrib.auth.hashers import make_password

from apps.accounts.models import DeviceSession, Membership, Organization, University, User

TERM_BEGAN = datetime(2026, 1, 12, 8, 0, tzinfo=UTC)
FAR_FUTURE = datetime(2126, 1, 1, tzinfo=UTC)
PASSWORD = "quiet-river-stone-19"


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda number: f"Organisation {number}")
    slug = factory.Sequence(lambda number: f"organisation-{number}")
    created_at = TERM_BEGAN


class UniversityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = University

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"University {number}")
    created_at = TERM_BEGAN


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@lectern.test")
    full_name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    created_at = TERM_BEGAN


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = Membership.Role.STUDENT
    created_at = TERM_BEGAN


class DeviceSessionFactory(factory.django.DjangoModelFactory):
    """An open session that never expires by itself; ``organization`` is the person's own unless given."""

    class Meta:
        model = DeviceSession

    user = factory.SubFactory(UserFactory)
    organization = factory.LazyAttribute(lambda session: _organization_of(session.user))
    kind = DeviceSession.Kind.API
    created_at = TERM_BEGAN
    last_seen_at = TERM_BEGAN
    expires_at = FAR_FUTURE


def _organization_of(user):
    membership = user.memberships.filter(ended_at=None).order_by("pk").first()
    return membership.organization if membership else None
