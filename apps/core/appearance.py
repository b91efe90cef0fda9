"""The look a person chose: which themes there are, and which one a page is sent with."""

from typing import Final

from django.http import HttpRequest

THEME_COOKIE: Final = "lectern_theme"
THEME_COOKIE_SECONDS: Final = 365 * 24 * 3600

# "" follows the device and is never sent as an attribute
THEMES: Final = ("light", "dark", "contrast")


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme for a page: the one chosen on this device, else the one kept with the account, else "".

    ``system`` in the cookie means that the device was told to follow its own setting, whatever the account says.
    """
    on_device = request.COOKIES.get(THEME_COOKIE, "")
    if on_device in THEMES:
        return on_device
    with_account = getattr(getattr(request, "user", None), "theme", "")
    return with_account if on_device != "system" and with_account in THEMES else ""
