"""Counting calls of the API against their caller's limits."""

from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.core import ratelimits
from apps.core.errors import TooManyRequests

if TYPE_CHECKING:
    from rest_framework.views import APIView  # this is loaded while that module is


class GroupThrottle(BaseThrottle):
    """Counts a call of the general group, unless the view is not metered or the call comes from a page of ours.

    A person is counted by account and tier whatever token they use; a stranger by address.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Return True, or refuse with ``TooManyRequests`` and the headers that say when to come back."""
        if not getattr(view, "is_metered", True) or getattr(request.successful_authenticator, "is_page", False):
            return True
        user = request.user
        tier = user.tier if user.is_authenticated else None
        decision = ratelimits.general(caller_of(request), tier=tier)
        if not decision.allowed:
            raise TooManyRequests(headers=decision.headers())
        request._request.rate_decision = decision  # type: ignore[attr-defined]
        return True


def caller_of(request: Any) -> str:
    """Return a name that is unique to who calls: the account, else the address."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{request.caller_address}"


def limit_headers(request: Any) -> dict[str, str]:
    """Return the ``RateLimit`` headers of a call that was counted."""
    decision = getattr(request, "rate_decision", None)
    return decision.headers() if decision is not None else {}
