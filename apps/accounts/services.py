"""Signing in and out, and the first person of an empty site."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts import identities, tokens
from apps.accounts.models import DeviceSession, Membership, Organization, University, User
from apps.accounts.permissions import can_change_profile, can_end_device_session
from apps.accounts.queries import time_zone_names
from apps.accounts.tokens import AccessClaims, RefreshClaims
from apps.core import audit, ratelimits
from apps.core.errors import BadInput, NotAllowed, NotSignedIn, TooManyRequests, WrongState
from apps.core.ratelimits import Decision

GRACE = timedelta(seconds=10)  # in which a second tab may still present the refresh token just used
SEEN_EVERY = timedelta(minutes=5)
FIRST_ADMINISTRATOR_LOCK = 4_201_001  # any number no other advisory lock of ours uses


class WrongCredentials(NotSignedIn):
    """The address or the password is wrong; which one is not told."""

    code = "wrong_credentials"
    default_message = _("The email address or the password is not right.")


class TooManyAttempts(TooManyRequests):
    """Too many failures from one address or for one account within five minutes."""

    code = "too_many_attempts"
    default_message = _("Too many attempts have failed. Wait a few minutes, then try again.")


class TokenReused(NotSignedIn):
    """A refresh token came back after it was used: it was copied, so its family has ended."""

    code = "token_reused"
    default_message = _("This sign-in was ended because its token was used twice. Sign in again.")


class AlreadySetUp(WrongState):
    """The site has people already."""

    code = "already_set_up"
    default_message = _("This site has an administrator already. Sign in.")


@dataclass(frozen=True, kw_only=True)
class Device:
    """Where somebody signs in from. ``address`` is "" when unknown."""

    kind: DeviceSession.Kind
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    """What an empty site asks of the person who sets it up."""

    email: str
    full_name: str
    password: str
    organization_name: str


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """What a program signs its calls with."""

    access: str
    refresh: str


# --- Signing in -------------------------------------------------------------------------------------------------------
def sign_in(*, email: str, password: str, device: Device, now: datetime) -> DeviceSession:
    """Open a device session for the right password.

    An unknown address costs as much time as a wrong password and is answered alike. Failures count against the network
    address and the account. A suspended account is told so only
    with its right password.
    """
    attempt = _attempt(device.address, account=email.strip())
    user = _person_of(email, password)
    if not user.is_active:
        raise identities.AccountSuspended
    session = _open(user, device, now)
    ratelimits.forgive(attempt)
    return session


def _attempt(address: str, *, account: str = "") -> Decision:
    """Count an attempt to prove who one is; whoever succeeds gives it back."""
    attempt = ratelimits.auth(address=address, account=account)
    if not attempt.allowed:
        raise TooManyAttempts(headers=attempt.headers())
    return attempt


@transaction.atomic
def _open(user: User, device: Device, now: datetime) -> DeviceSession:
    membership = user.acting_membership()
    session = DeviceSession.objects.create(
        user=user,
        organization=membership.organization if membership else None,
        kind=device.kind,
        address=device.address or None,
        agent=device.agent[:300],
        created_at=now,
        last_seen_at=now,
        expires_at=now + _lifetime(),
    )
    audit.record(actor=user, action="account.signed_in", subject=session, details={"kind": device.kind})
    return session


def _person_of(email: str, password: str) -> User:
    user = User.objects.with_email(email)
    if user is None:
        make_password(password)  # takes as long as checking one
        raise WrongCredentials
    if not check_password(password, user.password):
        raise WrongCredentials
    return user


def _lifetime() -> timedelta:
    return timedelta(days=settings.REFRESH_TOKEN_DAYS)


# --- Tokens -----------------------------------------------------------------------------------------------------------
def issue_tokens(*, session: DeviceSession, now: datetime) -> TokenPair:
    """Return an access token and the newest refresh token of a device session. Writes nothing."""
    user = session.user
    membership = user.acting_membership()
    expires_at = tokens.seconds(now) + settings.ACCESS_TOKEN_MINUTES * 60
    access = tokens.issue_access(
        AccessClaims(
            subject=user.public_id,
            user_id=user.pk,
            session=session.public_id,
            organization_id=membership.organization_id if membership else None,
            role=membership.role if membership else "",
            tier=user.tier,
            issued_at=tokens.seconds(now),
            expires_at=expires_at,
        )
    )
    refresh = tokens.issue_refresh(
        RefreshClaims(
            user_id=user.pk,
            session=session.public_id,
            number=session.refresh_number,
            expires_at=tokens.seconds(session.expires_at),
        )
    )
    return TokenPair(access=access, refresh=refresh)


def refresh(*, token: str, address: str, now: datetime) -> DeviceSession:
    """Use up a refresh token: the device session goes on and counts one further.

    The token before the newest one is taken for ``GRACE`` after its use, for a second tab, and then changes nothing.
    Any other old token was copied by somebody: the device session ends, and with it every token of its family.
    """
    attempt = _attempt(address)
    claims = tokens.read_refresh(token, at=now)
    session = _refreshable(claims, now)
    if _rotate(session, claims.number, now) or _is_second_tab(session, claims.number, now):
        ratelimits.forgive(attempt)
        return session
    with transaction.atomic():
        session = DeviceSession.objects.select_for_update().get(pk=session.pk)
        if session.ended_at is None:
            end_session(session, actor=None, reason="token_reused", now=now)
    raise TokenReused


def _refreshable(claims: RefreshClaims, now: datetime) -> DeviceSession:
    session = DeviceSession.objects.select_related("user").filter(public_id=claims.session, user=claims.user_id).first()
    if session is None or claims.number > session.refresh_number:
        raise tokens.TokenRefused
    if session.ended_at is not None or session.expires_at <= now:
        raise identities.SessionEnded
    if not session.user.is_active:
        raise identities.AccountSuspended
    return session


def _rotate(session: DeviceSession, number: int, now: datetime) -> bool:
    """Count one further if ``number`` is still the newest; of many calls at once one does. Leaves ``session`` up to date."""
    changed = DeviceSession.objects.filter(pk=session.pk, refresh_number=number, ended_at=None).update(
        refresh_number=number + 1, refreshed_at=now, last_seen_at=now, expires_at=now + _lifetime()
    )
    session.refresh_from_db(fields=["refresh_number", "refreshed_at", "last_seen_at", "expires_at", "ended_at"])
    return bool(changed)


def _is_second_tab(session: DeviceSession, number: int, now: datetime) -> bool:
    return (
        number == session.refresh_number - 1
        and session.ended_at is None
        and session.refreshed_at is not None
        and now - session.refreshed_at <= GRACE
    )


# --- Device sessions --------------------------------------------------------------------------------------------------
@transaction.atomic
def end_device_session(*, actor: User, session: DeviceSession, now: datetime) -> DeviceSession:
    """Sign a device out. A repeated call finds it done."""
    session = DeviceSession.objects.select_for_update().get(pk=session.pk)
    if not can_end_device_session(actor, session):
        raise NotAllowed
    if session.ended_at is None:
        end_session(session, actor=actor, reason="signed_out", now=now)
    return session


def note_device_seen(*, session: DeviceSession, now: datetime) -> None:
    """Move on when a device was last seen, at most every ``SEEN_EVERY``."""
    if now - session.last_seen_at >= SEEN_EVERY:
        DeviceSession.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)
        session.last_seen_at = now
        identities.forget(session.public_id)


def end_session(session: DeviceSession, *, actor: User | None, reason: str, now: datetime) -> None:
    """End a device session that the caller has locked and found open."""
    session.ended_at = now
    session.end_reason = reason
    session.save(update_fields=["ended_at", "end_reason"])
    audit.record(actor=actor, action="account.session_ended", subject=session, details={"reason": reason})
    public_id = session.public_id
    transaction.on_commit(lambda: identities.forget(public_id))


# --- Profile ----------------------------------------------------------------------------------------------------------
PROFILE_FIELDS = ("full_name", "language", "time_zone", "theme")


@transaction.atomic
def change_profile(*, actor: User, user: User, changes: dict[str, str], now: datetime) -> User:
    """Change one's own name, language, time zone or appearance; ``changes`` holds only what changes."""
    if not can_change_profile(actor, user):
        raise NotAllowed
    unknown = changes.keys() - set(PROFILE_FIELDS)
    if unknown:
        raise BadInput(fields={name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    found = User.objects.select_for_update().get(pk=user.pk)
    if changes.get("time_zone", "UTC") not in time_zone_names():
        raise BadInput(fields={"time_zone": [_("This is not a time zone. Use a name such as Europe/Paris or UTC.")]})
    for name, value in changes.items():
        setattr(found, name, value)
    check_fields(found, *PROFILE_FIELDS)
    found.save(update_fields=list(changes))
    audit.record(actor=actor, action="account.changed", subject=found, details={"fields": sorted(changes)})
    sessions = list(DeviceSession.objects.filter(user=found).open_at(now).values_list("public_id", flat=True))
    transaction.on_commit(lambda: identities.forget(*sessions))
    return found


def check_fields(row: Model, *names: str) -> None:
    """Refuse values that the named fields of a row do not take."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - set(names))
    except ValidationError as error:
        raise BadInput(fields=error.message_dict) from None


# --- The first administrator ------------------------------------------------------------------------------------------
def is_empty_site() -> bool:
    """Return whether nobody has an account here yet."""
    return not User.objects.exists()


def create_first_administrator(*, person: FirstAdministrator, address: str, now: datetime) -> User:
    """Set an empty site up: its organisation with a university of the same name, and the person who runs the platform.

    Of two calls at the same moment one succeeds. Failures count against the network address.
    """
    attempt = _attempt(address)
    user = _set_up(person, now)
    ratelimits.forgive(attempt)
    return user


@transaction.atomic
def _set_up(person: FirstAdministrator, now: datetime) -> User:
    _one_at_a_time()
    if not is_empty_site():
        raise AlreadySetUp
    user = User(email=person.email.strip(), full_name=person.full_name.strip(), platform_role=User.PlatformRole.ADMIN)
    check_fields(user, "email", "full_name")
    check_password_strength(person.password, user)
    user.set_password(person.password)
    user.created_at = now
    user.save()
    name = person.organization_name.strip()
    if not name:
        raise BadInput(fields={"organization_name": [_("Give your school a name.")]})
    organization = Organization.objects.create(
        name=name[:200], slug=slugify(name)[:60] or "campus", is_default=True, created_at=now
    )
    University.objects.create(organization=organization, name=name, created_at=now)
    Membership.objects.create(user=user, organization=organization, role=Membership.Role.ORG_ADMIN, created_at=now)
    audit.record(actor=user, action="site.set_up", subject=organization, organization_id=organization.pk, details={})
    return user


def _one_at_a_time() -> None:
    """Wait for another first administrator being created; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ADMINISTRATOR_LOCK])


def check_password_strength(password: str, user: User) -> None:
    """Refuse a password that is short, common or like the person."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(fields={"password": error.messages}) from None
