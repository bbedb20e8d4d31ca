"""How every way to sign in ends: the cookie, and for programs the tokens. Decides nothing."""

from msgspec import UNSET, Struct, UnsetType

from appliance.domain.actor import Actor, Role
from appliance.domain.sessions import SignedIn
from appliance.server.base import BaseHandler


class User(Struct):
    """Somebody who is signed in."""

    id: str
    username: str
    name: str
    role: Role

    @classmethod
    def of(cls, actor: Actor) -> "User":
        return cls(actor.id, actor.username, actor.name, actor.role)


class SignedInAnswer(Struct, omit_defaults=True):
    """The tokens are there for programs alone."""

    user: User
    access_token: str | UnsetType = UNSET
    token_type: str | UnsetType = UNSET
    expires_in: int | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET


class SignInAnswers(BaseHandler):
    """The end of every way to sign in."""

    def welcome(self, signed_in: SignedIn, status: int = 200) -> None:
        """The cookie; the tokens too unless it is a page that asks (it has no refresh token)."""
        self.set_session_cookie(signed_in.access_token)
        answer = SignedInAnswer(User.of(signed_in.actor))
        if signed_in.refresh_token is not None:
            answer.access_token = signed_in.access_token
            answer.token_type = "bearer"  # noqa: S105
            answer.expires_in = signed_in.expires_in
            answer.refresh_token = signed_in.refresh_token
        self.answer(answer, status)
