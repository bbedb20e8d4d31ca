"""Signing in and out, one's own account, and the accounts of others for administrators. Decides nothing."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from appliance.base.errors import Code, Refusal
from appliance.domain import policy
from appliance.domain.actor import Role
from appliance.domain.administration import AccountView
from appliance.domain.directory import Person
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.signing_in import SignInAnswers

AccountRole = Literal["administrator", "cliente", "usuario"]


class LoginBody(Struct):
    """`session: "cookie"` leaves the tokens out of the answer, where a page could read them."""

    username: str
    password: str
    session: Literal["cookie", "bearer"] = "bearer"


class RefreshBody(Struct):
    refresh_token: str


class RegisterBody(Struct):
    username: str
    password: str
    name: str = ""


class ResetBody(Struct):
    """`token` is what stands behind the # of a one-time link."""

    token: str
    password: str


class MeBody(Struct):
    """What is left out stays; a new password needs the old one."""

    name: str | None = None
    language: str | None = None
    receipts: bool | None = None
    password: str | None = None
    old_password: str = ""


class AccountBody(Struct):
    """Without a password the answer has a one-time link to choose one."""

    username: str
    role: AccountRole
    name: str = ""
    password: str | None = None


class AccountChanges(Struct):
    """What is left out stays."""

    username: str | None = None
    name: str | None = None
    role: AccountRole | None = None
    disabled: bool | None = None


class Me(Struct):
    id: str
    username: str
    name: str
    role: Role
    language: str
    receipts: bool
    may: list[str]


class Accounts(Struct):
    items: list[AccountView]
    next: str | None


class CreatedAnswer(Struct, omit_defaults=True):
    """An account; with the one-time link when no password was given."""

    id: str
    username: str
    name: str
    role: Role
    disabled: bool
    created: int
    has_password: bool
    reset_link: str | UnsetType = UNSET


class ResetLinkAnswer(Struct):
    reset_link: str


class Username(Struct):
    username: str


class LoginHandler(SignInAnswers):
    async def post(self) -> None:
        body = self.body(LoginBody)
        signed_in = self.tell(
            await self.services.accounts.sign_in(
                body.username, body.password, kind=body.session, address=self.visitor.ip, client=self.agent
            )
        )
        if self.actor is not None and self.actor.signed_in and self.credential == "cookie":
            # The browser's session until now would be left over, with nobody to end it.
            self.tell(await self.services.accounts.sign_out(self.actor))
        self.welcome(signed_in)


class RefreshHandler(SignInAnswers):
    async def post(self) -> None:
        token = self.body(RefreshBody).refresh_token
        signed_in = self.tell(await self.services.accounts.refresh(token, self.visitor.ip))
        if signed_in is None:
            raise Refusal(Code.UNAUTHORIZED)
        self.welcome(signed_in)


class LogoutHandler(BaseHandler):
    async def post(self) -> None:
        self.tell(await self.services.accounts.sign_out(self.me))
        self.clear_session_cookie()
        self.done()


class MeHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(self._shown(self.services.accounts.profile.me(self.me)))

    async def patch(self) -> None:
        body = self.body(MeBody)
        outcome = await self.services.accounts.profile.change(
            self.me,
            name=body.name,
            language=body.language,
            receipts=body.receipts,
            password=body.password,
            old_password=body.old_password,
            address=self.visitor.ip,
        )
        self.answer(self._shown(self.tell(outcome)))

    def _shown(self, person: Person) -> Me:
        return Me(
            person.id,
            person.username,
            person.name,
            person.role,
            person.language,
            person.receipts,
            policy.allowed(self.me),
        )


class RegisterHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(RegisterBody)
        register = self.services.accounts.registration.register
        await register(body.username, body.password, body.name, self.visitor.ip)
        self.answer({}, 202)


class ResetHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(ResetBody)
        use = self.services.accounts.reset_links.use
        self.answer(Username(self.tell(await use(body.token, body.password, self.visitor.ip))))


class AccountsHandler(BaseHandler):
    async def get(self) -> None:
        limit = self.number("limit", 100, most=100) or 100
        items, cursor = await self.services.accounts.administration.page(self.me, self.query("after"), limit)
        self.answer(Accounts(items, cursor))

    async def post(self) -> None:
        body = self.body(AccountBody)
        made = self.tell(
            await self.services.accounts.administration.create(
                self.me, body.username, Role(body.role), body.name, body.password
            )
        )
        one = made.account
        self.answer(
            CreatedAnswer(
                one.id,
                one.username,
                one.name,
                one.role,
                one.disabled,
                one.created,
                one.has_password,
                made.reset_link or UNSET,
            ),
            201,
        )


class AccountHandler(BaseHandler):
    async def patch(self, id: str) -> None:
        body = self.body(AccountChanges)
        outcome = await self.services.accounts.administration.change(
            self.me,
            id,
            username=body.username,
            name=body.name,
            role=Role(body.role) if body.role else None,
            disabled=body.disabled,
        )
        self.answer(self.tell(outcome))

    async def delete(self, id: str) -> None:
        self.tell(await self.services.accounts.administration.delete(self.me, id))
        self.done()


class ResetLinkHandler(BaseHandler):
    async def post(self, id: str) -> None:
        link = await self.services.accounts.administration.reset_link(self.me, id)
        self.answer(ResetLinkAnswer(link), 201)


ROUTES = (
    Route("POST", "/api/users/login", LoginHandler, Access.ALL, "Sign in", body=LoginBody),
    Route("POST", "/api/users/refresh", RefreshHandler, Access.ALL, "New tokens for old", body=RefreshBody),
    Route("POST", "/api/users/logout", LogoutHandler, Access.SIGNED_IN, "End this session"),
    Route("GET", "/api/users/me", MeHandler, Access.SIGNED_IN, "Who one is, and what one may do"),
    Route("PATCH", "/api/users/me", MeHandler, Access.SIGNED_IN, "Change one's own account", body=MeBody),
    Route(
        "POST",
        "/api/users/register",
        RegisterHandler,
        Access.ALL,
        "Make an account, where the box lets people do so",
        body=RegisterBody,
    ),
    Route("POST", "/api/users/reset", ResetHandler, Access.ALL, "Use a one-time link", body=ResetBody),
    Route("GET", "/api/users", AccountsHandler, Access.ADMINISTRATOR, "All accounts"),
    Route("POST", "/api/users", AccountsHandler, Access.ADMINISTRATOR, "A new account", body=AccountBody),
    Route(
        "PATCH",
        "/api/users/{id}",
        AccountHandler,
        Access.ADMINISTRATOR,
        "Change an account",
        body=AccountChanges,
    ),
    Route("DELETE", "/api/users/{id}", AccountHandler, Access.ADMINISTRATOR, "Delete an account for good"),
    Route(
        "POST",
        "/api/users/{id}/reset-link",
        ResetLinkHandler,
        Access.ADMINISTRATOR,
        "A one-time link for a new password",
    ),
)
