"""Pages: signing in and out, setting up an empty site, one's own account."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import demo_accounts, queries, services
from apps.accounts.forms import AS_THE_DEVICE, FirstAdministratorForm, LanguageForm, ProfileForm, SignInForm
from apps.accounts.http.requests import PageRequest, SignedInPageRequest
from apps.accounts.http.sessions import close_page_session, open_page_session
from apps.accounts.models import DeviceSession
from apps.core.appearance import THEME_COOKIE, THEME_COOKIE_SECONDS
from apps.core.errors import LecternError

PAGE_AND_FORM = ["GET", "HEAD", "POST"]


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(PAGE_AND_FORM)
def sign_in(request: PageRequest) -> HttpResponse:
    """Sign in with an address and a password, then go on to where the person was going."""
    if services.is_empty_site():
        return redirect("accounts:welcome")
    onward = _onward(request)
    if request.method != "POST":
        return redirect(onward) if request.user.is_authenticated else _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=400)
    try:
        session = services.sign_in(**form.cleaned_data, device=_device(request), now=request.received_at)
    except LecternError as refusal:
        form.show_refusal(refusal)
        return _sign_in_page(request, form, status=refusal.status, headers=refusal.headers)
    _end_present_device(request)
    open_page_session(request, session)
    return redirect(onward)


@require_POST
def sign_out(request: PageRequest) -> HttpResponse:
    """Sign this browser out; a repeated call finds nobody signed in."""
    _end_present_device(request)
    close_page_session(request)
    response = redirect("accounts:sign_in")
    response["Clear-Site-Data"] = '"cache"'
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(PAGE_AND_FORM)
def welcome(request: PageRequest) -> HttpResponse:
    """Set an empty site up. Once somebody has an account this page is gone and leads to the sign-in."""
    if not services.is_empty_site():
        return redirect("accounts:sign_in")
    form = FirstAdministratorForm(_posted(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/first_administrator.html", {"form": form}, status=400 if form.errors else 200)
    person = services.FirstAdministrator(**form.cleaned_data)
    try:
        services.create_first_administrator(person=person, address=request.caller_address, now=request.received_at)
        session = services.sign_in(
            email=person.email, password=person.password, device=_device(request), now=request.received_at
        )
    except LecternError as refusal:
        form.show_refusal(refusal)
        return render(request, "accounts/first_administrator.html", {"form": form}, status=refusal.status)
    open_page_session(request, session)
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@login_required
@require_http_methods(PAGE_AND_FORM)
def account(request: SignedInPageRequest) -> HttpResponse:
    """One's own name, language, time zone and appearance, and the devices one is signed in on."""
    user = request.user
    present = {name: getattr(user, name) for name in services.PROFILE_FIELDS}
    form = ProfileForm(_posted(request), initial={**present, "theme": user.theme or AS_THE_DEVICE})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_profile(actor=user, user=user, changes=form.cleaned_data, now=request.received_at)
        except LecternError as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return _with_theme(request, redirect("accounts:account"), form.cleaned_data["theme"] or AS_THE_DEVICE)
    devices = queries.devices_of(user, current=request.device_session, now=request.received_at)
    context = {"form": form, "devices": devices, "membership": user.acting_membership()}
    return render(request, "accounts/account.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def end_device(request: SignedInPageRequest, session_id: UUID) -> HttpResponse:
    """Sign one of one's devices out; the present one goes the way of every sign-out."""
    session = get_object_or_404(DeviceSession.objects.visible_to(request.user), public_id=session_id)
    if session.pk == request.device_session.pk:
        return sign_out(cast(PageRequest, request))
    services.end_device_session(actor=request.user, session=session, now=request.received_at)
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:account")


@require_POST
def language(request: PageRequest) -> HttpResponse:
    """Choose the language of the interface: for this browser, and for the person signed in on it."""
    form = LanguageForm(request.POST)
    response = redirect(_onward(request, otherwise="/"))
    if form.is_valid():
        chosen = form.cleaned_data["language"]
        if request.user.is_authenticated:
            services.change_profile(
                actor=request.user, user=request.user, changes={"language": chosen}, now=request.received_at
            )
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=THEME_COOKIE_SECONDS,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


@require_safe
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The console has no sign-in of its own, so that there is one form with one limit."""
    onward = request.GET.get("next", "") or reverse("admin:index")
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': onward})}")


def _sign_in_page(
    request: PageRequest, form: SignInForm, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "next": _next(request),
        "organization": queries.name_of_the_only_organization(),
        "demo_accounts": demo_accounts.offered(),
    }
    response = render(request, "accounts/sign_in.html", context, status=status)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _end_present_device(request: PageRequest) -> None:
    if request.user.is_authenticated and request.device_session is not None:
        services.end_device_session(actor=request.user, session=request.device_session, now=request.received_at)


def _device(request: PageRequest) -> services.Device:
    return services.Device(
        kind=DeviceSession.Kind.PAGE,
        address=request.caller_address,
        agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _next(request: HttpRequest) -> str:
    return request.POST.get("next", "") or request.GET.get("next", "")


def _onward(request: HttpRequest, *, otherwise: str | None = None) -> str:
    """Return where the person was going, if that is a path of this site."""
    onward = _next(request)
    if url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        return onward
    return otherwise or resolve_url(settings.LOGIN_REDIRECT_URL)


def _with_theme(request: HttpRequest, response: HttpResponseRedirect, theme: str) -> HttpResponse:
    """Keep the chosen appearance on this device as well, where an earlier choice would win otherwise."""
    response.set_cookie(THEME_COOKIE, theme, max_age=THEME_COOKIE_SECONDS, samesite="Lax", secure=request.is_secure())
    return response
