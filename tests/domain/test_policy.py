"""Who may do what: the table itself, and the promises that the design makes about it."""

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain import policy
from appliance.domain.actor import Actor, Role
from appliance.domain.policy import Action, Membership


def actor(role: Role, room: str | None = None) -> Actor:
    return Actor("u_1", "ana", "Ana", role, "s_1", room)


@pytest.mark.parametrize("role", Role)
def test_every_action_has_a_row_and_more_membership_never_takes_away(role: Role) -> None:
    for action in Action:
        answers = [policy.may(actor(role), action, membership) for membership in Membership]
        assert answers == sorted(answers), action


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.ADMINISTRATOR, True), (Role.CLIENTE, True), (Role.USUARIO, False), (Role.GUEST, False)],
)
def test_administrators_and_clientes_upload(role: Role, expected: bool) -> None:
    assert policy.may(actor(role), Action.UPLOAD, Membership.OWNER) is expected


def test_every_signed_in_person_downloads_and_attaches() -> None:
    for role in (Role.ADMINISTRATOR, Role.CLIENTE, Role.USUARIO):
        assert policy.may(actor(role), Action.DOWNLOAD)
        assert policy.may(actor(role), Action.ATTACH)


def test_only_administrators_and_moderators_in_their_room_delete_what_is_others() -> None:
    assert policy.may(actor(Role.ADMINISTRATOR), Action.DELETE_ANY)
    for role in (Role.CLIENTE, Role.USUARIO):
        assert not policy.may(actor(role), Action.DELETE_ANY)
        assert not policy.may(actor(role), Action.DELETE_ANY, Membership.MEMBER)
        assert policy.may(actor(role), Action.DELETE_ANY, Membership.MODERATOR)


def test_what_is_private_is_so_for_administrators_too() -> None:
    assert not policy.may(actor(Role.ADMINISTRATOR), Action.READ_ROOM)
    assert policy.may(actor(Role.ADMINISTRATOR), Action.READ_ROOM, Membership.MEMBER)


def test_a_guest_has_one_room() -> None:
    guest = actor(Role.GUEST, "r_1")
    assert policy.may(guest, Action.SEND, Membership.MEMBER, "r_1")
    assert not policy.may(guest, Action.SEND, Membership.MEMBER, "r_2")
    assert not policy.may(guest, Action.SEND, Membership.NONE, "r_1")
    assert policy.allowed(guest) == []


def test_a_guest_never_governs_whatever_the_members_table_says() -> None:
    guest = actor(Role.GUEST, "r_1")
    for action in (Action.MODERATE, Action.MANAGE_ROOM, Action.DELETE_ANY, Action.MANAGE_MEMBERS):
        assert not policy.may(guest, action, Membership.OWNER, "r_1")


def test_only_administrators_hold_the_box() -> None:
    for action in (
        Action.MANAGE_ACCOUNTS,
        Action.SAVE_STABLE,
        Action.RESET,
        Action.SEE_AUDIT,
        Action.ERASE,
        Action.REVIEW_FILES,
    ):
        allowed = [role for role in Role if policy.may(actor(role), action, Membership.OWNER)]
        assert allowed == [Role.ADMINISTRATOR]


def test_a_refusal_names_the_action() -> None:
    with pytest.raises(Refusal) as refused:
        policy.require(actor(Role.USUARIO), Action.UPLOAD)
    assert refused.value.code is Code.FORBIDDEN
    assert refused.value.params == {"action": "upload"}


def test_the_page_is_told_what_it_may_show() -> None:
    assert "upload" in policy.allowed(actor(Role.CLIENTE))
    assert "upload" not in policy.allowed(actor(Role.USUARIO))
    assert "attach" in policy.allowed(actor(Role.USUARIO))
