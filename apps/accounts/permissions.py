"""Who someone is, and what they may do to accounts. Seeing is ``visible_to``; these are the deeds."""

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import DeviceSession, Membership, User

Person = User | AnonymousUser


def is_platform_admin(person: Person) -> bool:
    """Return whether the person runs the platform."""
    return _has_platform_role(person, User.PlatformRole.ADMIN)


def is_operator(person: Person) -> bool:
    """Return whether the person operates cameras, streams and the like; a platform administrator does too."""
    return _has_platform_role(person, User.PlatformRole.OPERATOR, User.PlatformRole.ADMIN)


def is_service(person: Person) -> bool:
    """Return whether this is a program's account; a platform administrator may do what programs may."""
    return _has_platform_role(person, User.PlatformRole.API_ONLY, User.PlatformRole.ADMIN)


def is_org_admin(person: Person) -> bool:
    """Return whether the person administers the organisation they act in, or the platform."""
    return is_platform_admin(person) or _has_role(person, Membership.Role.ORG_ADMIN)


def is_teacher(person: Person) -> bool:
    """Return whether the person teaches or administers in the organisation they act in, or administers the platform."""
    return is_platform_admin(person) or _has_role(person, *Membership.STAFF_ROLES)


def can_end_device_session(actor: User, session: DeviceSession) -> bool:
    """One's own; a platform administrator anyone's."""
    return actor.is_active and (session.user_id == actor.pk or is_platform_admin(actor))


def can_change_profile(actor: User, user: User) -> bool:
    """One's own."""
    return actor.is_active and actor.pk == user.pk


def can_administer_people(actor: User) -> bool:
    """Platform administrators."""
    return is_platform_admin(actor)


def can_suspend_user(actor: User, user: User) -> bool:
    """A platform administrator anyone but themselves, so that one always remains."""
    return is_platform_admin(actor) and actor.pk != user.pk


def _has_platform_role(person: Person, *roles: str) -> bool:
    return isinstance(person, User) and person.is_active and person.platform_role in roles


def _has_role(person: Person, *roles: str) -> bool:
    if not isinstance(person, User) or not person.is_active:
        return False
    membership = person.acting_membership()
    return membership is not None and membership.role in roles
