"""Organisations and people made many at a time, and taken away again."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import ProtectedError

from apps.accounts import demo_accounts, people
from apps.accounts.models import Membership, Organization, University, User
from apps.accounts.people import NewPerson
from tests.factories.accounts import TERM_BEGAN, MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(name="Orchard", slug="orchard", is_demo=True):
    return people.create_organization(name=name, slug=slug, is_demo=is_demo, now=TERM_BEGAN)


def test_the_first_organisation_takes_public_sign_ups_and_has_a_university_of_its_name():
    first, second = create(), create("Harbour", "harbour", is_demo=False)

    assert [(one.is_default, one.is_demo, one.created_at) for one in (first, second)] == [
        (True, True, TERM_BEGAN),
        (False, False, TERM_BEGAN),
    ]
    assert list(University.objects.order_by("pk").values_list("organization", "name")) == [
        (first.pk, "Orchard"),
        (second.pk, "Harbour"),
    ]


def test_create_people_makes_accounts_with_roles_in_the_order_given(django_assert_num_queries):
    organization = create()
    wanted = [
        NewPerson(email="b@demo.lectern.test", full_name="Bo", role=Membership.Role.STUDENT, language="ar"),
        NewPerson(email="a@demo.lectern.test", full_name="Al", platform_role=User.PlatformRole.OPERATOR),
        NewPerson(email="c@demo.lectern.test", full_name="Cy", role=Membership.Role.TEACHER, tier=User.Tier.PREMIUM),
    ]

    with django_assert_num_queries(4):  # the two statements, between a savepoint and its release
        users = people.create_people(
            organization=organization, people=wanted, password="quiet-river-19", now=TERM_BEGAN
        )

    assert [(user.email, user.language, user.platform_role, user.tier, user.created_at) for user in users] == [
        ("b@demo.lectern.test", "ar", "", "free", TERM_BEGAN),
        ("a@demo.lectern.test", "en", "operator", "free", TERM_BEGAN),
        ("c@demo.lectern.test", "en", "", "premium", TERM_BEGAN),
    ]
    assert all(check_password("quiet-river-19", user.password) for user in users)
    roles = Membership.objects.order_by("user__email").values_list("user__email", "role", "organization")
    assert list(roles) == [
        ("b@demo.lectern.test", "student", organization.pk),
        ("c@demo.lectern.test", "teacher", organization.pk),
    ]


def test_remove_organization_takes_the_accounts_of_its_domain_alone():
    organization = create()
    University.objects.filter(organization=organization).delete()
    UserFactory(email="One@DEMO.lectern.test")
    stranger = UserFactory(email="two@notdemo.lectern.test")

    kept = people.remove_organization(organization=organization, domain="demo.lectern.test")

    assert kept == []
    assert list(User.objects.all()) == [stranger]
    assert not Organization.objects.exists()


def test_remove_organization_refuses_one_that_is_not_empty():
    organization = create()
    MembershipFactory(organization=organization)

    with pytest.raises(ProtectedError, match="Membership"):
        people.remove_organization(organization=organization, domain="demo.lectern.test")


@pytest.mark.parametrize(
    ("is_demo", "environment", "offered"),
    [(True, "development", 5), (False, "development", 0), (True, "production", 0)],
)
def test_sign_ins_are_offered_where_a_demonstration_is_and_never_in_production(is_demo, environment, offered, settings):
    settings.ENVIRONMENT = environment
    OrganizationFactory(is_demo=is_demo)

    assert len(demo_accounts.offered()) == offered


def test_the_sign_in_page_lets_people_in_as_anybody(client):
    organization = OrganizationFactory(is_demo=True)
    people.create_people(
        organization=organization,
        people=[NewPerson(email="teacher@demo.lectern.test", full_name="T", role=Membership.Role.TEACHER)],
        password=demo_accounts.DEMO_PASSWORD,
        now=TERM_BEGAN,
    )

    page = client.get("/sign-in").content.decode()
    offered = demo_accounts.offered()
    answer = client.post("/sign-in", {"email": offered[1]["email"], "password": offered[1]["password"]})

    assert [account["email"] for account in offered] == [
        f"{name}@demo.lectern.test" for name in ("student", "teacher", "parent", "operator", "admin")
    ]
    assert all(account["email"] in page for account in offered)
    assert answer.status_code == 302


def test_the_sign_in_page_of_a_school_offers_nobody(client):
    UserFactory()

    assert "demo.lectern.test" not in client.get("/sign-in").content.decode()
