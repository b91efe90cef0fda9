"""The forms of the account pages."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.queries import time_zone_names
from apps.core.errors import LecternError

AS_THE_DEVICE = "system"  # stands in forms and cookies for no theme of one's own


class ServiceForm(forms.Form):
    """A form whose rules live in a service; what the service refuses is shown beside the fields."""

    def show_refusal(self, refusal: LecternError) -> None:
        """Add a refusal: to the fields it names and the form has, else to the form as a whole."""
        shown = False
        for name, messages in refusal.fields.items():
            if name in self.fields:
                self.add_error(name, [str(message) for message in messages])
                shown = True
        if not shown:
            self.add_error(None, str(refusal.message))


class SignInForm(ServiceForm):
    """An address and its password."""

    email = forms.CharField(label=_("Email address"), max_length=254)
    password = forms.CharField(label=_("Password"), max_length=1000, strip=False, widget=forms.PasswordInput)


class FirstAdministratorForm(ServiceForm):
    """What an empty site asks."""

    organization_name = forms.CharField(label=_("Name of your school"), max_length=200)
    full_name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your email address"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters. Several words are easier to remember and harder to guess."),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput,
    )


class ProfileForm(ServiceForm):
    """What people change about themselves."""

    full_name = forms.CharField(label=_("Your name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    theme = forms.TypedChoiceField(
        label=_("Appearance"),
        choices=[(value or AS_THE_DEVICE, label) for value, label in User.Theme.choices],
        coerce=lambda value: "" if value == AS_THE_DEVICE else value,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        time_zone = cast(forms.ChoiceField, self.fields["time_zone"])
        time_zone.choices = [(name, name.replace("_", " ")) for name in time_zone_names()]


class LanguageForm(forms.Form):
    """A language of the interface."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
