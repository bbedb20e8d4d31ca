"""The addresses of the program that this box replaces; they answer as they did. Nothing new belongs here."""

from html import escape

from appliance.base.errors import Code, Refusal
from appliance.server import plain
from appliance.server.base import BaseHandler
from appliance.server.forms import FIELD
from appliance.server.pages import ShellAnswers
from appliance.server.route import Access, Route

WRONG = "Credenciales inválidas."
_TEXTS = {
    Code.RATE_LIMITED: "Demasiados intentos. Espera un momento. · Too many attempts. Wait a moment.",
    Code.BUSY: "La caja está ocupada. Espera un momento. · The box is busy. Wait a moment.",
    Code.FORBIDDEN: "El formulario ha caducado. Inténtalo otra vez. · The form is too old. Try again.",
}


def sign_in_page(form_token: str, problem: str = "", username: str = "") -> str:
    """The form for browsers without JavaScript."""
    said = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return plain.page(
        "Entrar · PiChat",
        f'<h1>Entrar <small lang="en">· Sign in</small></h1>{said}'
        '<form method="post" action="/login">'
        '<label>Usuario <span lang="en">· User name</span>'
        f'<input name="usuario" value="{escape(username)}" autocomplete="username" '
        'autocapitalize="none" required></label>'
        '<label>Clave <span lang="en">· Password</span>'
        '<input name="clave" type="password" autocomplete="current-password" required></label>'
        f'<input type="hidden" name="{FIELD}" value="{escape(form_token)}">'
        '<button>Entrar</button></form><p><a href="/">PiChat</a></p>',
    )


class Login(ShellAnswers):
    """`/login`: the page, or without JavaScript (`?plain=1`, or after a wrong password) a form alone."""

    async def get(self) -> None:
        if self.actor is not None:
            self.redirect("/inicio")
        elif self.query("plain"):
            self.send_form()
        else:
            self.send_shell()

    async def post(self) -> None:
        if self.actor is not None:
            self.redirect("/inicio")
            return
        fields: dict[str, str] = {}
        try:
            fields.update(self.form())
            await self._sign_in(fields.get("usuario", ""), fields.get("clave", ""))
        except Refusal as refusal:
            self._say(refusal, fields.get("usuario", ""))

    async def _sign_in(self, username: str, password: str) -> None:
        outcome = await self.services.accounts.sign_in(
            username, password, kind="cookie", address=self.visitor.ip, client=self.agent
        )
        self.set_session_cookie(self.tell(outcome).access_token)
        self.redirect("/inicio")

    def _say(self, refusal: Refusal, username: str) -> None:
        if refusal.code in (Code.UNAUTHORIZED, Code.BAD_REQUEST):
            self.send_form(WRONG, username)
        elif refusal.code in _TEXTS:
            self.mark_refused(refusal)
            self.send_form(_TEXTS[refusal.code], username)
        else:
            raise refusal

    def send_form(self, problem: str = "", username: str = "") -> None:
        self.send_page(sign_in_page(self.house.forms.token(self.form_subject), problem, username))


class Logout(BaseHandler):
    """`/logout`: a link in the old program, so it is a GET; the cookie does not come from other sites."""

    async def get(self) -> None:
        if self.actor is not None and self.credential == "cookie":
            self.tell(await self.services.accounts.sign_out(self.actor))
        self.clear_session_cookie()
        self.redirect("/login")


class SignedInShell(ShellAnswers):
    """The page, for people who are signed in; the rest are led to the sign-in."""

    async def get(self, **_: str) -> None:
        if self.actor is None:
            self.redirect("/login")
        else:
            self.send_shell()


class Register(ShellAnswers):
    """`/register`: a page where the box lets people make accounts, else the sign-in."""

    async def get(self) -> None:
        if self.actor is not None:
            self.redirect("/inicio")
        elif self.services.settings.registration == "closed":
            self.redirect("/login")
        else:
            self.send_shell()


class SocketIo(BaseHandler):
    """Another protocol's address: a clear answer, not a riddle."""

    async def get(self, **_: str) -> None:
        raise Refusal(Code.GONE, use="/ws", see="/docs")

    post = get


def _row(method: str, path: str, handler: type[BaseHandler], summary: str, form: bool = False) -> Route:
    return Route(method, path, handler, Access.ALL, summary, form=form)


ROUTES = (
    _row("GET", "/login", Login, "The sign-in"),
    _row("POST", "/login", Login, "Sign in by a plain form: usuario, clave", form=True),
    _row("GET", "/logout", Logout, "Sign out"),
    _row("GET", "/inicio", SignedInShell, "Home"),
    _row("GET", "/chat", SignedInShell, "Chat"),
    _row("GET", "/register", Register, "A new account"),
    _row("GET", "/socket.io", SocketIo, "Socket.IO is not spoken"),
    _row("POST", "/socket.io", SocketIo, "Socket.IO is not spoken"),
    _row("GET", "/socket.io/{rest...}", SocketIo, "Socket.IO is not spoken"),
)
