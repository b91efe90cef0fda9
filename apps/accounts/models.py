"""People, the organisations they belong to, and the devices they are signed in on."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.ids import uuid7


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Reads of organisations."""

    def visible_to(self, user: "User") -> Self:
        """Platform administrators see all, others those they are a member of."""
        if user.platform_role == User.PlatformRole.ADMIN:
            return self
        return self.filter(pk__in=Membership.objects.filter(user=user, ended_at=None).values("organization"))


class Organization(models.Model):
    """A tenant: a university, school or training centre with its own rows, which no other tenant sees."""

    class Tier(models.TextChoices):
        STARTUP = "startup", _("Startup")
        BUSINESS = "business", _("Business")
        ENTERPRISE = "enterprise", _("Enterprise")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier, default=Tier.STARTUP)
    is_default = models.BooleanField(_("takes public sign-ups"), default=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="accounts_organization_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UniversityQuerySet(models.QuerySet["University"]):
    """Reads of universities."""

    def visible_to(self, user: "User") -> Self:
        """Platform administrators see all, others those of the organisation they act in."""
        if user.platform_role == User.PlatformRole.ADMIN:
            return self
        membership = user.acting_membership()
        return self.filter(organization=membership.organization_id) if membership else self.none()


class University(models.Model):
    """A university, school or campus of an organisation; faculties hang below it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="universities")
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = UniversityQuerySet.as_manager()

    class Meta:
        verbose_name = _("university")
        verbose_name_plural = _("universities")
        constraints = [
            models.UniqueConstraint(
                "organization", Lower("name"), name="accounts_university_name_unique_in_organization"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """Reads of people."""

    def visible_to(self, user: "User") -> Self:
        """Platform administrators see everyone, staff the members of their organisation, others themselves."""
        if user.platform_role == User.PlatformRole.ADMIN:
            return self
        membership = user.acting_membership()
        if membership is not None and membership.role in Membership.STAFF_ROLES:
            return self.filter(
                Q(pk=user.pk) | Q(memberships__organization=membership.organization_id, memberships__ended_at=None)
            ).distinct()
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"]):
    """Makes people; an address is kept as typed and unique without case."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: "User") -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def with_email(self, email: str) -> "User | None":
        """Return the person of this address, whatever its case; uses the unique index on it."""
        return self.alias(email_key=Lower("email")).filter(email_key=email.strip().lower()).first()

    def get_by_natural_key(self, email: str | None) -> "User":
        user = self.with_email(email or "")
        if user is None:
            raise self.model.DoesNotExist
        return user

    def create_user(self, *, email: str, full_name: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user. Without a password the account can only be opened by a reset link."""
        user = self.model(email=email.strip(), full_name=full_name.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, *, email: str, full_name: str = "", password: str | None = None, **fields: Any
    ) -> "User":
        """Make a platform administrator; what ``manage.py createsuperuser`` calls."""
        return self.create_user(
            email=email,
            full_name=full_name or email,
            password=password,
            platform_role=User.PlatformRole.ADMIN,
            **fields,
        )


class User(AbstractBaseUser):
    """A person, known to the whole platform by one email address.

    What they may do in an organisation is a ``Membership``.
    """

    class PlatformRole(models.TextChoices):
        NONE = "", _("None")
        ADMIN = "admin", _("Administrator")
        OPERATOR = "operator", _("Operator")
        VIEWER = "viewer", _("Viewer")
        API_ONLY = "api_only", _("API only")

    class Tier(models.TextChoices):
        FREE = "free", _("Free")
        PREMIUM = "premium", _("Premium")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")
        CONTRAST = "contrast", _("High contrast")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(_("email address"), max_length=254)
    full_name = models.CharField(_("full name"), max_length=200)
    platform_role = models.CharField(_("platform role"), max_length=20, choices=PlatformRole, blank=True, default="")
    tier = models.CharField(_("tier"), max_length=20, choices=Tier, default=Tier.FREE)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("A suspended account can do nothing."))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("appearance"), max_length=20, choices=Theme, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique_without_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks: platform administrators only."""
        return self.platform_role == self.PlatformRole.ADMIN

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin: an active platform administrator may do what the admin offers."""
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Django's admin: as ``has_perm``."""
        return self.is_active and self.is_staff

    def acting_membership(self) -> "Membership | None":
        """Return the membership this person acts under: the one set by the request, else their oldest current one.

        Costs one query the first time; ``accounts.http`` sets it while it authenticates.
        """
        if not hasattr(self, "_acting_membership"):
            self._acting_membership = (
                self.memberships.filter(ended_at=None).select_related("organization").order_by("pk").first()
            )
        return self._acting_membership

    def act_under(self, membership: "Membership | None") -> None:
        """Fix the membership this person acts under for the life of this object."""
        self._acting_membership = membership


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def visible_to(self, user: User) -> Self:
        """Platform administrators see all, staff those of the organisation they act in, others their own."""
        if user.platform_role == User.PlatformRole.ADMIN:
            return self
        membership = user.acting_membership()
        if membership is not None and membership.role in Membership.STAFF_ROLES:
            return self.filter(Q(user=user) | Q(organization=membership.organization_id))
        return self.filter(user=user)


class Membership(models.Model):
    """One person's role in one organisation."""

    class Role(models.TextChoices):
        STUDENT = "student", _("Student")
        TEACHER = "teacher", _("Teacher")
        PARENT = "parent", _("Parent")
        ORG_ADMIN = "org_admin", _("Organisation administrator")

    STAFF_ROLES = (Role.TEACHER, Role.ORG_ADMIN)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], condition=Q(ended_at=None), name="accounts_membership_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organization_id}"


class DeviceSessionQuerySet(models.QuerySet["DeviceSession"]):
    """Reads of device sessions."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user=user)

    def open_at(self, now: datetime) -> Self:
        """Those that are neither ended nor expired."""
        return self.filter(ended_at=None, expires_at__gt=now)


class DeviceSession(models.Model):
    """One signed-in device: the family of its refresh tokens, and what ends when it is signed out.

    ``refresh_number`` is the number of the newest refresh token of the family; an older one coming back means that a
    token was copied, and ends the family.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("Browser")
        API = "api", _("API")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="device_sessions")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True, default="")
    refresh_number = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=30, blank=True, default="")
    objects = DeviceSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("device session")
        verbose_name_plural = _("device sessions")
        indexes = [models.Index(fields=["user", "ended_at"], name="accounts_device_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"
