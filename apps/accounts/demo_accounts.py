"""Who can sign in to the demonstration, and how. Known to everybody, so the demonstration is refused in production."""

from typing import TypedDict

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .models import Organization

DEMO_DOMAIN = "demo.lectern.test"
"""Ends every address of the demonstration; nobody can receive mail there (RFC 2606)."""
DEMO_PASSWORD = "orchard-lantern-42"  # noqa: S105 - printed on the sign-in page

_SIGN_INS = (
    ("student", _("Student")),
    ("teacher", _("Teacher")),
    ("parent", _("Parent")),
    ("operator", _("Operator")),
    ("admin", _("Administrator")),
)


class DemoAccount(TypedDict):
    """One sign-in as the sign-in page offers it."""

    email: str
    password: str
    role: str


def sign_ins() -> list[DemoAccount]:
    """Return the five sign-ins of the demonstration, in the reader's language."""
    return [
        DemoAccount(email=f"{name}@{DEMO_DOMAIN}", password=DEMO_PASSWORD, role=str(role)) for name, role in _SIGN_INS
    ]


def offered() -> list[DemoAccount]:
    """Return the sign-ins to offer on this site: none in production, and none without a demonstration. One query."""
    if settings.ENVIRONMENT == "production" or not Organization.objects.filter(is_demo=True).exists():
        return []
    return sign_ins()
