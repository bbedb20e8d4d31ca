"""The checks of every request, HTTP or WebSocket: host, claim, who, may they, is the write theirs."""

from functools import cached_property
from typing import Literal

from appliance.base import log
from appliance.base.errors import Code, Refusal
from appliance.domain import policy
from appliance.domain.actor import Actor, Role
from appliance.server.answers import Answers
from appliance.server.doors import Origin
from appliance.server.route import Access

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class Admission(Answers):
    """Runs in `prepare()`; afterwards `actor` is known, and the route's access is granted."""

    actor: Actor | None = None
    credential: Literal["bearer", "cookie"] | None = None

    async def prepare(self) -> None:
        await self.admit()

    async def admit(self) -> None:
        """Raises a Refusal unless the request may go on. Nothing is looked up for the wrong host."""
        self._check_host()
        self._check_claim()
        self._check_transport()
        self._check_origin()
        await self._identify()
        self._check_access()
        self._check_header()

    @property
    def me(self) -> Actor:
        """The actor, on routes whose access says that there is one."""
        if self.actor is None:
            raise Refusal(Code.UNAUTHORIZED)
        return self.actor

    @property
    def meant_room(self) -> str:
        """The room for whose messages a file comes (`?for=`); empty: it is for the area of files."""
        return self.get_query_argument("for", "")

    @cached_property
    def origin(self) -> Origin:
        given = self.request.headers.get("Origin")
        return self.house.doors.origin(given, self.request.host, self.visitor.secure)

    @property
    def agent(self) -> str:
        """What the client calls itself, for the list of sessions."""
        return log.printable(self.request.headers.get("User-Agent", ""))[:120]

    @property
    def content_type(self) -> str:
        return self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def cookie_name(self) -> str:
        """Two names, so that neither shadows the other: cookies are kept apart by neither port nor scheme."""
        return "__Host-pichat" if self.visitor.secure else "pichat"

    def set_session_cookie(self, token: str) -> None:
        """Max-Age and no Expires, because the clock of a Pi may be months behind the browser's."""
        self._cookie(token, max_age=self.services.settings.session_days * 24 * 60 * 60)

    def clear_session_cookie(self) -> None:
        """1970 is over for every clock; Tornado leaves a Max-Age of 0 out."""
        self._cookie("", expires=1)

    def _cookie(self, value: str, *, max_age: int | None = None, expires: float | None = None) -> None:
        self.set_cookie(
            self.cookie_name,
            value,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self.visitor.secure,
            max_age=max_age,
            expires=expires,
        )

    async def _identify(self) -> None:
        if self._unsafe:  # a secret that everybody could read proves nothing
            return
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme:
            # Whoever shows a token is judged by it alone; a cookie beside it does not count.
            self.credential = "bearer"
            token = token.strip() if scheme.lower() == "bearer" else ""
        elif (cookie := self.get_cookie(self.cookie_name)) and self.origin in (Origin.ABSENT, Origin.OURS):
            self.credential, token = "cookie", cookie
        if token:
            self.actor = await self.services.sessions.actor_for(token)

    def _check_host(self) -> None:
        if not self.house.doors.host_is_ours(self.request.host):
            raise Refusal(Code.MISDIRECTED, urls=self.urls())

    def _check_claim(self) -> None:
        claimed = self.services.claim.claimed
        if claimed and self.route.access is Access.UNCLAIMED:
            raise Refusal(Code.CLAIMED)
        if not claimed and not (self.route.unclaimed or self.route.access is Access.UNCLAIMED):
            raise Refusal(Code.UNCLAIMED)

    def _check_transport(self) -> None:
        if self._unsafe and not self.route.plain:
            raise Refusal(Code.TLS_REQUIRED, urls=self.urls())

    @property
    def _unsafe(self) -> bool:
        """Whether it came by plain HTTP where HTTPS is a must."""
        return self.services.tls.required and not self.visitor.secure

    def _check_access(self) -> None:
        access = self.route.access
        if access in (Access.ALL, Access.UNCLAIMED):
            return
        actor = self.me
        if access is Access.GUEST:
            return
        if access is Access.MAY_UPLOAD and self.meant_room:
            policy.require(actor, policy.Action.ATTACH, policy.Membership.MEMBER, self.meant_room)
            return
        if not actor.signed_in:
            raise Refusal(Code.FORBIDDEN)
        if access is Access.MAY_UPLOAD:
            policy.require(actor, policy.Action.UPLOAD)
        elif access is Access.ADMINISTRATOR and actor.role is not Role.ADMINISTRATOR:
            raise Refusal(Code.FORBIDDEN)

    def _check_origin(self) -> None:
        """Somebody else's page may neither write nor open a socket here, unless it has a token of its own."""
        socket = self.request.method == "GET" and "Upgrade" in self.request.headers
        if "Authorization" in self.request.headers or (self.request.method in SAFE and not socket):
            return
        # A page opened from a file has no origin; on a socket it may still show a token in its hello.
        if self.origin is Origin.FOREIGN or (self.origin is Origin.NULL and not socket):
            raise Refusal(Code.FORBIDDEN, reason="origin")

    def _check_header(self) -> None:
        """What a form can send is not enough to act with a cookie, except where forms are meant to."""
        if self.request.method in SAFE or self.credential != "cookie" or self.sent_by_script:
            return
        if not (self.route.form and self.content_type in FORM_TYPES):
            raise Refusal(Code.FORBIDDEN, reason="header")

    @property
    def sent_by_script(self) -> bool:
        """Whether it bears what a form cannot send."""
        return self.content_type == "application/json" or self.request.headers.get("X-PiChat") == "1"
