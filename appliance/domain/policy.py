"""Who may do what: one table role x action x membership. Looks nothing up; callers bring the membership."""

from enum import StrEnum

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor, Role


class Membership(StrEnum):
    """What somebody is in one room or space; the values are those of the members' table."""

    NONE = "none"
    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def at_least(self, other: "Membership") -> bool:
        return self.rank >= other.rank


_RANKS = {membership: rank for rank, membership in enumerate(Membership)}


class Action(StrEnum):
    """Everything that may be refused. The values go to the page in `/api/users/me`."""

    # files
    LIST_FILES = "list_files"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    UPLOAD_ANY_KIND = "upload_any_kind"
    UPLOAD_LARGE = "upload_large"
    ATTACH = "attach"
    CHANGE_OWN_FILE = "change_own_file"
    CHANGE_ANY_FILE = "change_any_file"
    DELETE_OWN_FILE = "delete_own_file"
    DELETE_ANY = "delete_any"
    KEEP_FILE = "keep_file"
    LINK_FILE = "link_file"
    ZIP_FILES = "zip_files"
    REVIEW_FILES = "review_files"
    ERASE = "erase"
    # rooms and messages
    LIST_ROOMS = "list_rooms"
    CREATE_ROOM = "create_room"
    OPEN_DIRECT = "open_direct"
    READ_PUBLIC_ROOM = "read_public_room"
    JOIN_PUBLIC_ROOM = "join_public_room"
    JOIN_BY_CODE = "join_by_code"
    READ_ROOM = "read_room"
    LEAVE_ROOM = "leave_room"
    SEND = "send"
    REACT = "react"
    EDIT_OWN = "edit_own"
    DELETE_OWN = "delete_own"
    REPORT = "report"
    ANNOUNCE = "announce"
    MODERATE = "moderate"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_ROOM = "manage_room"
    SEARCH = "search"
    # board
    READ_BOARD = "read_board"
    POST = "post"
    COMMENT = "comment"
    MODERATE_BOARD = "moderate_board"
    MANAGE_BOARD = "manage_board"
    # people
    SEE_PEOPLE = "see_people"
    CHANGE_OWN_PROFILE = "change_own_profile"
    OWN_SESSIONS = "own_sessions"
    PUBLISH_KEYS = "publish_keys"
    MANAGE_ACCOUNTS = "manage_accounts"
    INVITE_PEOPLE = "invite_people"
    BAN = "ban"
    # the box
    SEE_STABLE = "see_stable"
    SEE_CHANGES = "see_changes"
    SAVE_STABLE = "save_stable"
    MANAGE_STABLE = "manage_stable"
    RESET = "reset"
    BRING_BACK = "bring_back"
    EXPORT = "export"
    SEE_AUDIT = "see_audit"
    SEE_HEALTH = "see_health"
    SEE_MAC = "see_mac"
    CHANGE_SETTINGS = "change_settings"
    POWER = "power"


# A cell is the least membership that is enough; None is never.
_Cell = Membership | None
_YES, _NO = Membership.NONE, None
_MEMBER, _MODERATOR, _OWNER = Membership.MEMBER, Membership.MODERATOR, Membership.OWNER
_COLUMNS = (Role.ADMINISTRATOR, Role.CLIENTE, Role.USUARIO, Role.GUEST)
_EVERYONE = (_YES, _YES, _YES, _NO)  # signed in, which never includes guests
_ADMINISTRATORS = (_YES, _NO, _NO, _NO)
_IN_ROOM = (_MEMBER, _MEMBER, _MEMBER, _MEMBER)

# What is private stays so for administrators too: they moderate and close rooms, but read those they are in.
# fmt: off
_TABLE: dict[Action, tuple[_Cell, _Cell, _Cell, _Cell]] = {
    #                           administrator  cliente     usuario     guest
    Action.LIST_FILES:          _EVERYONE,
    Action.DOWNLOAD:            (_YES,         _YES,       _YES,       _MEMBER),
    Action.UPLOAD:              (_YES,         _YES,       _NO,        _NO),
    Action.UPLOAD_ANY_KIND:     _ADMINISTRATORS,
    Action.UPLOAD_LARGE:        _ADMINISTRATORS,
    Action.ATTACH:              (_YES,         _YES,       _YES,       _MEMBER),
    Action.CHANGE_OWN_FILE:     _EVERYONE,
    Action.CHANGE_ANY_FILE:     _ADMINISTRATORS,
    Action.DELETE_OWN_FILE:     (_YES,         _YES,       _YES,       _MEMBER),
    Action.DELETE_ANY:          (_YES,         _MODERATOR, _MODERATOR, _NO),
    Action.KEEP_FILE:           _EVERYONE,
    Action.LINK_FILE:           _EVERYONE,
    Action.ZIP_FILES:           _EVERYONE,
    Action.REVIEW_FILES:        _ADMINISTRATORS,
    Action.ERASE:               _ADMINISTRATORS,

    Action.LIST_ROOMS:          _EVERYONE,
    Action.CREATE_ROOM:         _EVERYONE,
    Action.OPEN_DIRECT:         _EVERYONE,
    Action.READ_PUBLIC_ROOM:    _EVERYONE,
    Action.JOIN_PUBLIC_ROOM:    _EVERYONE,
    Action.JOIN_BY_CODE:        _EVERYONE,
    Action.READ_ROOM:           _IN_ROOM,
    Action.LEAVE_ROOM:          _IN_ROOM,
    Action.SEND:                _IN_ROOM,
    Action.REACT:               _IN_ROOM,
    Action.EDIT_OWN:            _IN_ROOM,
    Action.DELETE_OWN:          _IN_ROOM,
    Action.REPORT:              _IN_ROOM,
    Action.ANNOUNCE:            (_MEMBER,      _MODERATOR, _MODERATOR, _NO),
    Action.MODERATE:            (_YES,         _MODERATOR, _MODERATOR, _NO),
    Action.MANAGE_MEMBERS:      (_YES,         _MODERATOR, _MODERATOR, _NO),
    Action.MANAGE_ROOM:         (_YES,         _OWNER,     _OWNER,     _NO),
    Action.SEARCH:              _EVERYONE,

    Action.READ_BOARD:          _EVERYONE,
    Action.POST:                _EVERYONE,
    Action.COMMENT:             _EVERYONE,
    Action.MODERATE_BOARD:      (_YES,         _MODERATOR, _MODERATOR, _NO),
    Action.MANAGE_BOARD:        (_YES,         _OWNER,     _OWNER,     _NO),

    Action.SEE_PEOPLE:          _EVERYONE,
    Action.CHANGE_OWN_PROFILE:  _EVERYONE,
    Action.OWN_SESSIONS:        _EVERYONE,
    Action.PUBLISH_KEYS:        _EVERYONE,
    Action.MANAGE_ACCOUNTS:     _ADMINISTRATORS,
    Action.INVITE_PEOPLE:       _ADMINISTRATORS,
    Action.BAN:                 _ADMINISTRATORS,

    Action.SEE_STABLE:          _EVERYONE,
    Action.SEE_CHANGES:         _ADMINISTRATORS,
    Action.SAVE_STABLE:         _ADMINISTRATORS,
    Action.MANAGE_STABLE:       _ADMINISTRATORS,
    Action.RESET:               _ADMINISTRATORS,
    Action.BRING_BACK:          _ADMINISTRATORS,
    Action.EXPORT:              _ADMINISTRATORS,
    Action.SEE_AUDIT:           _ADMINISTRATORS,
    Action.SEE_HEALTH:          _ADMINISTRATORS,
    Action.SEE_MAC:             _EVERYONE,
    Action.CHANGE_SETTINGS:     _ADMINISTRATORS,
    Action.POWER:               _ADMINISTRATORS,
}
# fmt: on


def needed(role: Role, action: Action) -> Membership | None:
    """The least membership with which `role` may do it; None when it never may."""
    return _TABLE[action][_COLUMNS.index(role)]


def may(actor: Actor, action: Action, membership: Membership | None = None, room: str | None = None) -> bool:
    """Whether the table says yes. With `room` given, a guest of another room is refused whatever else."""
    if room is not None and actor.role is Role.GUEST and actor.room != room:
        return False
    least = needed(actor.role, action)
    return least is not None and (membership or Membership.NONE).at_least(least)


def require(
    actor: Actor, action: Action, membership: Membership | None = None, room: str | None = None
) -> None:
    """As `may`, refusing with `forbidden` and the action's name."""
    if not may(actor, action, membership, room):
        raise Refusal(Code.FORBIDDEN, action=action.value)


def allowed(actor: Actor) -> list[str]:
    """What the actor may do without being anything in a particular room: what the page may show."""
    return [action.value for action in Action if may(actor, action)]
