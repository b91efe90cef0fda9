"""The frame of the pages: navigation, theme, direction, the front page and the design page."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from apps.core import context_processors, navigation
from apps.core.appearance import THEME_COOKIE, chosen_theme
from apps.core.navigation import Place

ANYBODY = SimpleNamespace(is_authenticated=True, theme="")


@pytest.fixture
def places(monkeypatch):
    """Start with no place registered and put the registered ones back afterwards."""
    monkeypatch.setattr(navigation, "_places", {})


def request_for(path="/", user=ANYBODY, **cookies):
    request = RequestFactory().get(path)
    request.user = user
    request.COOKIES |= cookies
    return request


def test_places_come_in_their_order_and_only_those_meant_for_the_person(places):
    navigation.register(Place(label="Later", url_name="core:design", icon="exam", order=20))
    navigation.register(Place(label="First", url_name="core:home", icon="home", order=10))
    navigation.register(Place(label="Not mine", url_name="core:appearance", icon="bank", is_for=lambda user: False))

    found = navigation.build(request_for())

    assert [entry.label for entry in found.main] == ["First", "Later"]


def test_nobody_signed_in_has_no_places(places):
    navigation.register(Place(label="First", url_name="core:home", icon="home"))

    assert navigation.build(request_for(user=AnonymousUser())).main == ()


def test_registering_again_replaces(places):
    navigation.register(Place(label="Old", url_name="core:home", icon="home"))
    navigation.register(Place(label="New", url_name="core:home", icon="home"))

    assert [entry.label for entry in navigation.build(request_for()).main] == ["New"]


def test_a_place_needs_an_icon_that_is_drawn(places):
    with pytest.raises(ValueError, match="There is no icon 'unicorn' for core:home; choose one of bank, "):
        navigation.register(Place(label="First", url_name="core:home", icon="unicorn"))


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "Home"), ("/design", "Design"), ("/design/colour", "Design"), ("/designer", None), ("/else", None)],
)
def test_the_current_place_is_the_one_the_page_lies_below(places, path, current):
    navigation.register(Place(label="Home", url_name="core:home", icon="home"))
    navigation.register(Place(label="Design", url_name="core:design", icon="exam"))

    found = navigation.build(request_for(path))

    assert [entry.label for entry in found.main if entry.is_current] == ([current] if current else [])


def test_a_fifth_place_and_ones_own_stand_under_more_on_a_narrow_screen(places, monkeypatch):
    monkeypatch.setattr(navigation, "reverse", lambda name: f"/{name}")
    for number in range(6):
        navigation.register(Place(label=f"{number}", url_name=f"n{number}", icon="exam", order=number))
    navigation.register(Place(label="Sign out", url_name="out", icon="out", section="you", method="post"))

    found = navigation.build(request_for())

    assert [entry.label for entry in found.beyond_bar] == ["4", "5"]
    assert [(entry.label, entry.method) for entry in found.you] == [("Sign out", "post")]


@pytest.mark.parametrize(
    ("on_device", "with_account", "expected"),
    [
        ("", "", ""),
        ("dark", "", "dark"),
        ("dark", "light", "dark"),
        ("", "contrast", "contrast"),
        ("system", "contrast", ""),
        ("neon", "", ""),
        ("neon", "dark", "dark"),
        ('"><script>', "", ""),
    ],
)
def test_the_theme_is_the_one_of_the_device_then_of_the_account(on_device, with_account, expected):
    request = request_for(user=SimpleNamespace(is_authenticated=True, theme=with_account), **{THEME_COOKIE: on_device})

    assert chosen_theme(request) == expected


def test_the_direction_follows_the_language():
    with translation.override("ar"):
        assert context_processors.interface(request_for())["direction"] == "rtl"
    with translation.override("fr"):
        assert context_processors.interface(request_for())["direction"] == "ltr"


@pytest.mark.django_db
def test_the_front_page_comes_with_its_theme_in_the_first_byte_and_a_strict_policy():
    client = Client()
    client.cookies[THEME_COOKIE] = "dark"

    response = client.get("/")

    assert '<html lang="en" dir="ltr" data-theme="dark">' in response.content.decode()
    assert "'unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_choosing_a_theme_is_kept_on_the_device_and_leads_back():
    client = Client()

    response = client.post("/appearance", {"theme": "contrast", "next": "/design?page=2"})

    assert (response.status_code, response["Location"]) == (302, "/design?page=2")
    assert client.cookies[THEME_COOKIE].value == "contrast"


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://elsewhere.test/", "//elsewhere.test", "javascript:alert(1)", ""])
def test_choosing_a_theme_never_leads_away(elsewhere):
    response = Client().post("/appearance", {"theme": "neon", "next": elsewhere})

    assert response["Location"] == "/"
    assert THEME_COOKIE not in response.cookies


@pytest.mark.django_db
def test_choosing_a_theme_changes_nothing_by_a_mere_visit():
    assert Client().get("/appearance").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "opening"),
    [
        ("?theme=contrast", '<html lang="en" dir="ltr" data-theme="contrast">'),
        ("?lang=ar", '<html lang="ar" dir="rtl">'),
        ("?theme=neon&lang=xx", '<html lang="en" dir="ltr">'),
    ],
)
def test_the_design_page_tries_themes_and_directions(query, opening):
    assert opening in Client().get(f"/design{query}").content.decode()


def test_the_page_of_a_failure_needs_neither_request_nor_database():
    found = render_to_string("500.html", {})

    assert "Something failed here" in found
