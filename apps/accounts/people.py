"""Making organisations and people many at a time, and taking an organisation away again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError

from .models import Membership, Organization, University, User


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """An account to be made; without a ``role`` it belongs to no organisation."""

    email: str
    full_name: str
    role: str = ""
    platform_role: str = User.PlatformRole.NONE
    tier: str = User.Tier.FREE
    language: str = "en"
    time_zone: str = "UTC"


@transaction.atomic
def create_organization(*, name: str, slug: str, is_demo: bool, now: datetime) -> Organization:
    """Make an organisation with a university of its name. The first one of a site takes public sign-ups."""
    organization = Organization.objects.create(
        name=name,
        slug=slug,
        is_demo=is_demo,
        is_default=not Organization.objects.filter(is_default=True).exists(),
        created_at=now,
    )
    University.objects.create(organization=organization, name=name, created_at=now)
    return organization


@transaction.atomic
def create_people(
    *, organization: Organization, people: Sequence[NewPerson], password: str, now: datetime
) -> list[User]:
    """Make accounts and their memberships, in the order given, in two statements.

    All get one password and one hash of it: they share the password anyway, and at cost 12 a hash takes a quarter of a
    second. Made for a demonstration and for tests, not for people who choose passwords.
    """
    shared_hash = make_password(password)
    users = User.objects.bulk_create(
        [
            User(
                email=person.email,
                full_name=person.full_name,
                platform_role=person.platform_role,
                tier=person.tier,
                language=person.language,
                time_zone=person.time_zone,
                password=shared_hash,
                created_at=now,
            )
            for person in people
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, organization=organization, role=person.role, created_at=now)
            for user, person in zip(users, people, strict=True)
            if person.role
        ]
    )
    return users


def remove_organization(*, organization: Organization, domain: str) -> list[User]:
    """Remove an emptied organisation, and the accounts whose addresses end in ``@domain``; call inside a transaction.

    Other members keep their accounts without the membership. An account that rows elsewhere still name stays, but
    nobody can sign in to it any more; these are returned. Raises ProtectedError, which names the rows, when something
    of the organisation is left.
    """
    kept = [user for user in User.objects.filter(email__iendswith=f"@{domain}") if not _removed(user)]
    organization.delete()
    return kept


def _removed(user: User) -> bool:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.is_active = False
        user.platform_role = User.PlatformRole.NONE
        user.set_unusable_password()
        user.save(update_fields=["is_active", "platform_role", "password"])
        return False
    return True
