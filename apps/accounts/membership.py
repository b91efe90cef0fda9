"""What platform administrators do with people: accounts made and suspended, roles given and ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import identities
from apps.accounts.models import DeviceSession, Membership, Organization, User
from apps.accounts.permissions import can_administer_people, can_suspend_user
from apps.accounts.services import check_fields, check_password_strength, end_session
from apps.core import audit
from apps.core.errors import BadInput, NotAllowed, WrongState


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """An account to be made."""

    email: str
    full_name: str
    password: str
    platform_role: str = ""
    tier: str = User.Tier.FREE


@transaction.atomic
def add_person(*, actor: User, person: NewPerson, now: datetime) -> User:
    """Make an account that can sign in at once. Its address must be free, whatever the case of its letters."""
    if not can_administer_people(actor):
        raise NotAllowed
    user = User(
        email=person.email.strip(),
        full_name=person.full_name.strip(),
        platform_role=person.platform_role,
        tier=person.tier,
        created_at=now,
    )
    check_fields(user, "email", "full_name", "platform_role", "tier")
    if User.objects.with_email(user.email) is not None:
        raise BadInput(fields={"email": [_("Somebody has an account with this address already.")]})
    check_password_strength(person.password, user)
    user.set_password(person.password)
    user.save()
    audit.record(actor=actor, action="account.created", subject=user)
    return user


@transaction.atomic
def change_standing(*, actor: User, user: User, platform_role: str, tier: str) -> User:
    """Change what an account is on the platform. Nobody changes their own, so that an administrator always remains."""
    if not can_administer_people(actor):
        raise NotAllowed
    user = User.objects.select_for_update().get(pk=user.pk)
    if (user.platform_role, user.tier) == (platform_role, tier):
        return user
    if actor.pk == user.pk and platform_role != user.platform_role:
        raise NotAllowed(_("You cannot change your own platform role."))
    before = {"platform_role": user.platform_role, "tier": user.tier}
    user.platform_role, user.tier = platform_role, tier
    check_fields(user, "platform_role", "tier")
    user.save(update_fields=["platform_role", "tier"])
    details = {"before": before, "after": {"platform_role": platform_role, "tier": tier}}
    audit.record(actor=actor, action="account.standing_changed", subject=user, details=details)
    _forget_devices_of(user)
    return user


@transaction.atomic
def suspend_user(*, actor: User, user: User, now: datetime) -> User:
    """Close an account: it can do nothing, and every device is signed out. A repeated call finds it done."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not can_suspend_user(actor, user):
        raise NotAllowed
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(actor=actor, action="account.suspended", subject=user)
        for session in DeviceSession.objects.select_for_update().filter(user=user).open_at(now):
            end_session(session, actor=actor, reason="suspended", now=now)
    return user


@transaction.atomic
def reinstate_user(*, actor: User, user: User) -> User:
    """Open a suspended account again. A repeated call finds it done."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not can_suspend_user(actor, user):
        raise NotAllowed
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(actor=actor, action="account.reinstated", subject=user)
    return user


@transaction.atomic
def add_member(*, actor: User, user: User, organization: Organization, role: str, now: datetime) -> Membership:
    """Give somebody a role in an organisation; they can have one there at a time."""
    if not can_administer_people(actor):
        raise NotAllowed
    User.objects.select_for_update().get(pk=user.pk)
    if Membership.objects.filter(user=user, organization=organization, ended_at=None).exists():
        raise WrongState(_("This person has a role in this organisation already. End it first."), code="already_member")
    membership = Membership(user=user, organization=organization, role=role, created_at=now)
    check_fields(membership, "role")
    membership.save()
    audit.record(actor=actor, action="membership.added", subject=membership, details={"role": role, "user": user.pk})
    _forget_devices_of(user)
    return membership


@transaction.atomic
def end_membership(*, actor: User, membership: Membership, now: datetime) -> Membership:
    """End a role; what its bearer did stays. A repeated call finds it done."""
    if not can_administer_people(actor):
        raise NotAllowed
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    if membership.ended_at is None:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        audit.record(actor=actor, action="membership.ended", subject=membership, details={"user": membership.user_id})
        _forget_devices_of(membership.user)
    return membership


def _forget_devices_of(user: User) -> None:
    sessions = list(DeviceSession.objects.filter(user=user, ended_at=None).values_list("public_id", flat=True))
    transaction.on_commit(lambda: identities.forget(*sessions))
