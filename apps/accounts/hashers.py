"""Password hashing with the site's cost."""

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class BCryptSHA256(BCryptSHA256PasswordHasher):
    """bcrypt over SHA-256, so that passwords longer than 72 bytes count whole.

    The cost is ``PASSWORD_BCRYPT_ROUNDS``.
    """

    rounds = settings.PASSWORD_BCRYPT_ROUNDS
