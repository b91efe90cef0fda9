"""People and organisations in the support console. Every change is a service's; the rest is shown."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 - registers the groups
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import membership, services
from apps.accounts.models import DeviceSession, Membership, Organization, University, User
from apps.core.console import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin

admin.site.unregister(Group)  # what people may do comes from their roles


class MembershipInline(ReadOnlyInline):
    """The roles of a person."""

    model = Membership
    fields = readonly_fields = ("organization", "role", "created_at", "ended_at")


class DeviceSessionInline(ReadOnlyInline):
    """The devices of a person."""

    model = DeviceSession
    fields = readonly_fields = ("kind", "address", "agent", "created_at", "last_seen_at", "ended_at", "end_reason")


class NewPersonForm(forms.ModelForm):
    """A new account, with its first password."""

    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False)

    class Meta:
        model = User
        fields = ["email", "full_name", "platform_role", "tier"]


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People: added, given a standing, suspended and reinstated."""

    list_display = ["email", "full_name", "platform_role", "tier", "is_active", "created_at"]
    list_filter = ["is_active", "platform_role", "tier", "memberships__organization"]
    search_fields = ["email", "full_name"]
    ordering = ["-created_at"]
    actions = ["suspend", "reinstate"]
    inlines = [MembershipInline, DeviceSessionInline]
    fields = [
        "email",
        "full_name",
        "platform_role",
        "tier",
        "is_active",
        "language",
        "time_zone",
        "public_id",
        "created_at",
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new person has a form of its own."""
        return NewPersonForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new person has few fields."""
        return [*NewPersonForm.Meta.fields, "password"] if obj is None else self.fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new person has nothing yet."""
        return [] if obj is None else self.inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only the standing is changed here."""
        return () if obj is None else [name for name in self.fields if name not in ("platform_role", "tier")]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Add a person or change a standing, by the service."""
        actor, given = _actor(request), form.cleaned_data
        if change:
            membership.change_standing(actor=actor, user=obj, platform_role=given["platform_role"], tier=given["tier"])
        else:
            made = membership.add_person(actor=actor, person=membership.NewPerson(**given), now=timezone.now())
            obj.pk = made.pk

    @admin.action(description=_("Suspend"), permissions=["change"])
    def suspend(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Close the chosen accounts and sign their devices out."""
        actor, now = _actor(request), timezone.now()
        self.each(
            request, users, lambda user: membership.suspend_user(actor=actor, user=user, now=now), _("suspended.")
        )

    @admin.action(description=_("Reinstate"), permissions=["change"])
    def reinstate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Open the chosen accounts again."""
        actor = _actor(request)
        self.each(request, users, lambda user: membership.reinstate_user(actor=actor, user=user), _("reinstated."))


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    """Roles in organisations: given and ended."""

    list_display = ["user", "organization", "role", "created_at", "ended_at"]
    list_filter = ["role", "organization"]
    search_fields = ["user__email", "user__full_name"]
    list_select_related = ["user", "organization"]
    autocomplete_fields = ["user", "organization"]
    fields = ["user", "organization", "role"]
    actions = ["end"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is ended and another one given; it does not change."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Give a role, by the service."""
        made = membership.add_member(actor=_actor(request), **form.cleaned_data, now=timezone.now())
        obj.pk = made.pk

    @admin.action(description=_("End"), permissions=["change"])
    def end(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        """End the chosen roles."""
        actor, now = _actor(request), timezone.now()
        self.each(
            request,
            memberships,
            lambda row: membership.end_membership(actor=actor, membership=row, now=now),
            _("ended."),
        )


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Organisations."""

    list_display = ["name", "slug", "tier", "is_default", "is_demo", "created_at"]
    list_filter = ["tier", "is_demo"]
    search_fields = ["name", "slug"]


@admin.register(University)
class UniversityAdmin(ReadOnlyAdmin):
    """Universities."""

    list_display = ["name", "organization", "created_at"]
    list_filter = ["organization"]
    search_fields = ["name"]
    list_select_related = ["organization"]


@admin.register(DeviceSession)
class DeviceSessionAdmin(ReadOnlyAdmin):
    """Signed-in devices, and those that were."""

    list_display = ["user", "kind", "address", "agent", "created_at", "last_seen_at", "ended_at", "end_reason"]
    list_filter = ["kind", "end_reason"]
    search_fields = ["user__email", "address"]
    list_select_related = ["user"]
    actions = ["end"]

    @admin.action(description=_("Sign out"), permissions=["view"])
    def end(self, request: HttpRequest, sessions: QuerySet[DeviceSession]) -> None:
        """Sign the chosen devices out."""
        actor, now = _actor(request), timezone.now()
        self.each(
            request,
            sessions,
            lambda session: services.end_device_session(actor=actor, session=session, now=now),
            _("signed out."),
        )


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)
