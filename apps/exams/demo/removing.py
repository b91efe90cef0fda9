"""Removing the demonstration: every row and file of it, and nothing of anybody else's."""

from dataclasses import dataclass

from django.db import connection, transaction

from apps.accounts import people as accounts_people
from apps.accounts.demo_accounts import DEMO_DOMAIN
from apps.core import removal

from .loading import find, take_turn


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What was removed: rows by table, and the addresses of accounts that had to stay, closed, because others' rows name
    them."""

    rows: dict[str, int]
    kept: tuple[str, ...]


@transaction.atomic
def remove() -> Removed | None:
    """Remove the demonstration, all or nothing; return None when there is none."""
    take_turn()
    organization = find()
    if organization is None:
        return None
    with connection.cursor() as cursor:
        # what is append-only lets go of a demonstration when it is told so, in this transaction alone
        cursor.execute("SET LOCAL lectern.removing_demo = 'on'")
        rows = removal.remove_rows(organization.pk)
        kept = accounts_people.remove_organization(organization=organization, domain=DEMO_DOMAIN)
        cursor.execute("SET LOCAL lectern.removing_demo = 'off'")
    return Removed(rows=rows, kept=tuple(user.email for user in kept))
