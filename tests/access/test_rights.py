"""Rights over rights: nobody reaches further than they may, and somebody always remains."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from access import actions, grants
from access.actions.delicate import NobodyLeft
from access.models import LocationGrant, User
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid
from office.actions import add_location
from office.permissions import Permission
from office.roles import Role
from tests.factories import UserFactory, actor, actor_of

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")


@pytest.fixture
def root(location):
    return UserFactory(name="Ian", role=Role.ADMINISTRATOR, at=[location])


def test_an_account_gets_roles_and_places(manager, location):
    made = actions.create_user(
        email=" maria@example.org ",
        name="Maria",
        roles=[Role.FRONT_DESK],
        locations=[location],
        by=manager,
    )

    assert made.email == "maria@example.org"
    assert actor_of(made).works_at(location)
    assert AuditEvent.objects.get(action="access.create_user").details["roles"] == [Role.FRONT_DESK]


def test_an_address_has_one_account_whatever_its_case(manager):
    UserFactory(email="maria@example.org")

    with pytest.raises(Invalid, match="has an account already"):
        actions.create_user(email="Maria@Example.org", name="M", roles=[], locations=[], by=manager)


def test_a_role_that_is_none_makes_nothing(manager):
    with pytest.raises(Invalid, match="no role"):
        actions.create_user(
            email="m@example.org", name="M", roles=["King"], locations=[], by=manager
        )
    assert not User.objects.filter(email="m@example.org").exists()


def test_a_manager_makes_no_administrator(manager):
    with pytest.raises(Forbidden, match="themselves can give or take it"):
        actions.create_user(
            email="m@example.org", name="M", roles=[Role.ADMINISTRATOR], locations=[], by=manager
        )
    assert not User.objects.filter(email="m@example.org").exists()


def test_a_manager_does_not_become_one(location):
    boss = UserFactory(role=Role.MANAGER, at=[location])

    with pytest.raises(Forbidden):
        actions.change_rights(
            user=boss, roles=[Role.ADMINISTRATOR], locations=[], by=actor_of(boss)
        )
    assert [group.name for group in boss.groups.all()] == [Role.MANAGER]


@pytest.mark.parametrize(
    "act",
    [
        lambda user, by: actions.change_rights(user=user, roles=[], locations=[], by=by),
        lambda user, by: actions.close_account(user=user, by=by),
        lambda user, by: actions.change_user(user=user, email="mine@example.org", name="X", by=by),
        lambda user, by: actions.reset_second_step(user=user, by=by),
    ],
    ids=["rights", "close", "address", "second step"],
)
def test_a_manager_has_no_hand_on_an_administrator(manager, root, act):
    with pytest.raises(Forbidden):
        act(root, manager)

    root.refresh_from_db()
    assert root.is_active
    assert root.groups.count() == 1


def test_the_last_who_can_open_the_door_stays(root):
    me = actor_of(root)
    for act in (
        lambda: actions.close_account(user=root, by=me),
        lambda: actions.change_rights(user=root, roles=[Role.NURSE], locations=[], by=me),
        lambda: actions.change_role(
            group=Group.objects.get(name=Role.ADMINISTRATOR), allowed=[], by=me
        ),
    ):
        with pytest.raises(NobodyLeft):
            act()
    root.refresh_from_db()
    assert root.is_active
    assert "access.manage_roles" in User.objects.get(pk=root.pk).permission_names


def test_but_the_last_but_one_may_go(root, location):
    other = UserFactory(role=Role.ADMINISTRATOR, at=[location])

    actions.close_account(user=other, by=actor_of(root))

    other.refresh_from_db()
    assert not other.is_active


def test_rights_are_set_as_a_whole(manager, location, elsewhere):
    maria = UserFactory(role=Role.FRONT_DESK, at=[location])

    actions.change_rights(user=maria, roles=[Role.NURSE], locations=[elsewhere], by=manager)

    now = grants.look(maria.pk)
    assert now.roles == (Role.NURSE,)
    assert now.grants.locations == {elsewhere.pk}


def test_a_lost_phone_is_forgiven_by_who_may(manager, location):
    maria = UserFactory(role=Role.FRONT_DESK, at=[location])
    Authenticator.objects.create(user=maria, type="totp", data={"secret": "x"})

    actions.reset_second_step(user=maria, by=manager)

    assert not Authenticator.objects.filter(user=maria).exists()
    assert AuditEvent.objects.get(action="access.reset_second_step").details == {
        "removed": 1,
        "ended": 0,
    }


def test_a_role_may_be_changed_and_says_what_changed(root):
    group = Group.objects.get(name=Role.NURSE)
    before = actions.delicate.permissions_of(group)

    actions.change_role(
        group=group,
        allowed=(before | {Permission.VIEW_JOBS}) - {"office.view_office"},
        by=actor_of(root),
    )

    told = AuditEvent.objects.get(action="access.change_role").details
    assert told == {"given": ["office.view_jobs"], "taken": ["office.view_office"]}


def test_a_role_of_ones_own_is_added_once(root):
    by = actor_of(root)
    made = actions.add_role(name="Night desk", allowed=["office.view_office"], by=by)

    assert actions.delicate.permissions_of(made) == {"office.view_office"}
    with pytest.raises(Invalid, match="already"):
        actions.add_role(name="night desk", allowed=[], by=by)
    with pytest.raises(Invalid, match="no permission"):
        actions.add_role(name="Other", allowed=["office.fly"], by=by)


def test_only_an_administrator_changes_roles(manager):
    with pytest.raises(Forbidden):
        actions.change_role(group=Group.objects.get(name=Role.NURSE), allowed=[], by=manager)


def test_a_new_location_is_open_to_who_configures(location):
    boss, desk = UserFactory(role=Role.MANAGER), UserFactory(role=Role.FRONT_DESK)

    made = add_location(
        name="Mill Street", zone="America/Chicago", by=actor(Role.ADMINISTRATOR, location)
    )

    assert LocationGrant.objects.filter(content_object=made, user=boss).exists()
    assert not LocationGrant.objects.filter(content_object=made, user=desk).exists()


def test_a_superuser_flag_gives_nothing(location):
    maria = UserFactory(role=Role.FRONT_DESK, at=[location], is_superuser=True)

    assert not maria.has_perm("access.manage_roles")
    assert not actor_of(maria).may("access.manage_roles")
    assert maria.has_perm("office.view_office")


def test_createsuperuser_makes_an_administrator():
    made = User.objects.create_superuser(email="ian@example.org", password="x", name="Ian")

    assert [group.name for group in made.groups.all()] == [Role.ADMINISTRATOR]
    assert not made.is_superuser
