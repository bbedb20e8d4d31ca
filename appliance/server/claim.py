"""The one thing that a new box lets strangers do. Decides nothing."""

from typing import Literal

from msgspec import Struct

from appliance.server.route import Access, Route
from appliance.server.signing_in import SignInAnswers


class ClaimBody(Struct):
    """The code from the screen, the console or the card, and the first administrator."""

    code: str
    username: str
    password: str
    name: str = ""
    session: Literal["cookie", "bearer"] = "bearer"


class ClaimHandler(SignInAnswers):
    async def post(self) -> None:
        body = self.body(ClaimBody)
        outcome = await self.services.claim.claim(
            body.code,
            body.username,
            body.password,
            body.name,
            kind=body.session,
            address=self.visitor.ip,
            client=self.agent,
        )
        self.welcome(self.tell(outcome), 201)


ROUTES = (
    Route(
        "POST",
        "/api/claim",
        ClaimHandler,
        Access.UNCLAIMED,
        "Make the first administrator of a new box",
        body=ClaimBody,
    ),
)
