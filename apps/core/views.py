"""Pages that belong to no app above: the front page, the design page, the choice of a theme, a refused form."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.core import design_samples, navigation
from apps.core.appearance import THEME_COOKIE, THEME_COOKIE_SECONDS, THEMES


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what Lectern is; send a signed-in person on to their first place."""
    places = navigation.places_for(request.user)
    if places:
        return redirect(places[0].url_name)
    return render(request, "core/home.html", {"sample": design_samples.FRONT_PAGE_QUESTION})


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme on this device for a year, and go back to the page it was chosen on."""
    theme = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if theme in (*THEMES, "system"):
        response.set_cookie(
            THEME_COOKIE, theme, max_age=THEME_COOKIE_SECONDS, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component in every state. ``?theme=`` and ``?lang=`` try another theme and language on this page alone."""
    language = request.GET.get("lang", "")
    if language not in design_samples.LANGUAGES:
        language = translation.get_language() or "en"
    with translation.override(language):
        context = design_samples.context()
        context["page"] = Paginator(range(119), 12).get_page(request.GET.get("page"))
        context["direction"] = "rtl" if translation.get_language_bidi() else "ltr"
        if request.GET.get("theme") in (*THEMES, "system"):
            context["theme"] = request.GET["theme"].replace("system", "")
        return render(request, "design.html", context)
