"""Signing in by API, one's own profile, one's devices, and the universities one can see."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts import services
from apps.accounts.api.serializers import (
    DeviceSessionOut,
    LoginIn,
    LoginOut,
    ProfileIn,
    RefreshIn,
    TokensOut,
    UniversityOut,
    UserOut,
)
from apps.accounts.http.permissions import PublicAccess, SelfAccess, UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.accounts.models import DeviceSession, University
from apps.core.http.envelope import ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.requests import TrackedAPIRequest
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView

NO_STORE = {"Cache-Control": "no-store"}


class AuthLogin(APIView):
    """Where programs sign in."""

    permission_classes = [PublicAccess]
    authentication_classes = []
    is_metered = False  # failures count, in the service
    takes_key = False

    @operation(takes=LoginIn, gives=LoginOut, refusals=[401, 429])
    def post(self, request: TrackedAPIRequest) -> Response:
        """Check credentials and return an access token and a refresh token."""
        given = read_body(LoginIn, request)
        session = services.sign_in(**given, device=_device(request), now=request.received_at)
        pair = services.issue_tokens(session=session, now=request.received_at)
        answer = {"access": pair.access, "refresh": pair.refresh, "user": session.user}
        return ok(LoginOut(answer).data, message=_("Signed in."), headers=NO_STORE)


class AuthRefresh(APIView):
    """Where an access token is renewed."""

    permission_classes = [PublicAccess]
    authentication_classes = []
    is_metered = False  # failures count, in the service
    takes_key = False

    @operation(takes=RefreshIn, gives=TokensOut, refusals=[401, 429])
    def post(self, request: TrackedAPIRequest) -> Response:
        """Exchange a refresh token for new tokens.

        Each refresh token is used once. The one before the newest is taken for ten more seconds; an older one
        coming back ends the sign-in.
        """
        given = read_body(RefreshIn, request)
        session = services.refresh(token=given["refresh"], address=request.caller_address, now=request.received_at)
        pair = services.issue_tokens(session=session, now=request.received_at)
        return ok(TokensOut(pair).data, headers=NO_STORE)


class AuthLogout(APIView):
    """Where a program signs out."""

    permission_classes = [SelfAccess]
    takes_key = False

    @operation()
    def post(self, request: SignedInRequest) -> Response:
        """End the session these tokens belong to."""
        services.end_device_session(actor=request.user, session=request.auth, now=request.received_at)
        return ok(message=_("Signed out."))


class AuthMe(APIView):
    """The caller's own account."""

    permission_classes = [SelfAccess]

    @operation(gives=UserOut)
    def get(self, request: SignedInRequest) -> Response:
        """Profile, role and tier of the signed-in account."""
        return ok(UserOut(request.user).data)

    @operation(takes=ProfileIn, gives=UserOut)
    def patch(self, request: SignedInRequest) -> Response:
        """Change own name, language, time zone or appearance."""
        changes = read_body(ProfileIn, request, partial=True)
        user = services.change_profile(actor=request.user, user=request.user, changes=changes, now=request.received_at)
        user.act_under(request.user.acting_membership())
        return ok(UserOut(user).data, message=_("Saved."))


class SessionList(APIView):
    """The devices the caller is signed in on."""

    permission_classes = [SelfAccess]

    listing = Listing(
        out=DeviceSessionOut,
        sort={"created_at": "created_at", "last_seen_at": "last_seen_at"},
        default_sort="-last_seen_at",
        filters={
            "kind": Filter(
                field=serializers.ChoiceField(choices=DeviceSession.Kind.choices, required=False), lookup="kind"
            )
        },
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Devices the caller is signed in on."""
        return self.listing.answer(request, _open_sessions(request))


class SessionEnd(APIView):
    """One device the caller is signed in on."""

    permission_classes = [SelfAccess]

    @operation()
    def delete(self, request: SignedInRequest, session_id: UUID) -> Response:
        """Sign one device out."""
        session = get_object_or_404(DeviceSession.objects.visible_to(request.user), public_id=session_id)
        services.end_device_session(actor=request.user, session=session, now=request.received_at)
        return ok(message=_("Signed out."))


class UniversityList(APIView):
    """Universities."""

    permission_classes = [UserAccess]

    listing = Listing(
        out=UniversityOut,
        sort={"name": "name", "created_at": "created_at"},
        default_sort="name",
        filters={"name": Filter(field=serializers.CharField(max_length=200, required=False), lookup="name__icontains")},
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Universities the caller can see."""
        return self.listing.answer(request, University.objects.visible_to(request.user).select_related("organization"))


NO_STORE = {"Cache-Control": "no-store"}


def _device(request: TrackedAPIRequest) -> services.Device:
    return services.Device(
        kind=DeviceSession.Kind.API,
        address=request.caller_address,
        agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def _open_sessions(request: SignedInRequest) -> QuerySet[DeviceSession]:
    return DeviceSession.objects.visible_to(request.user).open_at(request.received_at)
