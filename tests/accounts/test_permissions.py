"""Who is who, over the whole cast, and that the access words of the API mean the same."""

import pytest

from apps.accounts import permissions
from apps.accounts.http import permissions as access
from apps.accounts.models import DeviceSession, Membership, Organization, University, User
from tests.people import device_of

EVERYBODY = {
    "student",
    "classmate",
    "teacher",
    "foreign_teacher",
    "parent",
    "org_admin",
    "operator",
    "admin",
    "anonymous",
}
SIGNED_IN = EVERYBODY - {"anonymous"}


class Call:
    """What a permission class looks at."""

    def __init__(self, user):
        self.user = user


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        (access.PublicAccess, EVERYBODY),
        (access.UserAccess, SIGNED_IN),
        (access.SelfAccess, SIGNED_IN),
        (access.TeacherAccess, {"teacher", "foreign_teacher", "org_admin", "admin"}),
        (access.OrgAdminAccess, {"org_admin", "admin"}),
        (access.AdminAccess, {"admin"}),
        (access.OperatorAccess, {"operator", "admin"}),
        (access.ServiceAccess, {"admin"}),
    ],
)
def test_access_words_let_these_people_in(people, word, allowed):
    answers = people.table(lambda person: word().has_permission(Call(person), None))

    assert {name for name, answer in answers.items() if answer} == allowed


def test_service_account_may_call_service_endpoints_only(student):
    student.platform_role = User.PlatformRole.API_ONLY

    assert (permissions.is_service(student), permissions.is_operator(student)) == (True, False)


@pytest.mark.parametrize(
    "predicate",
    [
        permissions.is_platform_admin,
        permissions.is_operator,
        permissions.is_org_admin,
        permissions.is_teacher,
        permissions.is_service,
    ],
)
def test_suspended_person_is_nothing(people, predicate):
    for name, person in people:
        if name != "anonymous":
            person.is_active = False

    assert not any(people.table(predicate).values())


def test_role_counts_in_the_organization_acted_in_only(teacher, foreign_organization):
    outside = Membership(user=teacher, organization=foreign_organization, role=Membership.Role.STUDENT)

    teacher.act_under(outside)

    assert (permissions.is_teacher(teacher), permissions.is_org_admin(teacher)) == (False, False)


def visible(model, person, name):
    return set(model.objects.visible_to(person).values_list(name, flat=True))


def test_people_see_these_people(people):
    staff_sees = {
        "Ines Duarte",
        "Noor Haddad",
        "Teodor Lind",
        "Paulo Duarte",
        "Olga Brandt",
    }
    everyone = staff_sees | {"Mara Kovacs", "Oskar Nyberg", "Ada Quist"}

    answers = {name: visible(User, person, "full_name") for name, person in people if name != "anonymous"}

    assert answers == {
        "student": {"Ines Duarte"},
        "classmate": {"Noor Haddad"},
        "teacher": staff_sees,
        "foreign_teacher": {"Mara Kovacs"},
        "parent": {"Paulo Duarte"},
        "org_admin": staff_sees,
        "operator": {"Oskar Nyberg"},
        "admin": everyone,
    }


def test_people_see_these_organizations_universities_memberships_and_devices(people, university):
    for _name, person in people:
        if person.is_authenticated:
            device_of(person)
    ours, theirs = {"Harbour College"}, {"Hill Academy"}

    answers = {
        name: (
            visible(Organization, person, "name"),
            visible(University, person, "name"),
            len(visible(Membership, person, "pk")),
            visible(DeviceSession, person, "user") == {person.pk},
        )
        for name, person in people
        if name != "anonymous"
    }

    campus = {"Harbour University"}
    assert answers == {
        "student": (ours, campus, 1, True),
        "classmate": (ours, campus, 1, True),
        "teacher": (ours, campus, 5, True),
        "foreign_teacher": (theirs, set(), 1, True),
        "parent": (ours, campus, 1, True),
        "org_admin": (ours, campus, 5, True),
        "operator": (set(), set(), 0, True),
        "admin": (ours | theirs, campus, 6, True),
    }
