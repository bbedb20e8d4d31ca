"""The old program's addresses of files: `/subir`, `/listar`, `/descargar/<name>`, `/eliminar/<name>`.

They answer as they did, in its words; a page for browsers, the bare sentence for scripts.
"""

from html import escape
from urllib.parse import quote

from multipart import MultipartSegment

from appliance.base.errors import Code, Refusal
from appliance.domain.file_list import listing
from appliance.domain.file_views import File
from appliance.domain.policy import Action, may
from appliance.server import plain
from appliance.server.base import BaseHandler
from appliance.server.downloads import ContentHandler
from appliance.server.forms import FIELD
from appliance.server.route import Access, Route
from appliance.server.upload_forms import NAMES, FormHandler

NO_FIELD = "No se encontró el archivo"
NO_CHOICE = "No se seleccionó ningún archivo"
MAY_NOT_UPLOAD = "No tienes permiso para subir archivos"
MAY_NOT_DELETE = "No tienes permiso para eliminar archivos"
_OTHER = {
    Code.TOO_LARGE: "El archivo es demasiado grande. · The file is too large.",
    Code.BAD_TYPE: "Este tipo de archivo no está permitido. · This kind of file is not allowed.",
    Code.NO_SPACE: "No queda espacio. · There is no room left.",
    Code.QUARANTINED: "El archivo está en cuarentena. · The file is in quarantine.",
    Code.RATE_LIMITED: "Espera un momento. · Wait a moment.",
    Code.BUSY: "La caja está ocupada. Espera un momento. · The box is busy. Wait a moment.",
}


class OldAnswers(BaseHandler):
    """Whoever is not signed in is led to the sign-in; a refusal is a sentence."""

    forbidden = MAY_NOT_UPLOAD

    def refuse(self, problem: Refusal) -> None:
        if problem.code is Code.UNAUTHORIZED:
            self.redirect("/login")
            return
        said = _OTHER.get(problem.code, "")
        if problem.code is Code.FORBIDDEN and "reason" not in problem.params:
            said = self.forbidden
        if problem.params.get("reason") in (NO_FIELD, NO_CHOICE):
            said = str(problem.params["reason"])
        if not said:
            super().refuse(problem)
            return
        self.mark_refused(problem)
        self.say(said)

    def say(self, sentence: str) -> None:
        if self.wants_page:
            self.page(f'<p class="problem" role="alert">{escape(sentence)}</p>{_BACK}')
        else:
            self._send(sentence.encode(), "text/plain; charset=utf-8")

    def page(self, parts: str) -> None:
        self.send_page(plain.page("PiChat", parts))

    @property
    def hidden_token(self) -> str:
        token = self.house.forms.token(self.form_subject)
        return f'<input type="hidden" name="{FIELD}" value="{escape(token)}">'


class UploadPage(OldAnswers):
    """`GET /subir`: the form for browsers without JavaScript."""

    async def get(self) -> None:
        if not may(self.me, Action.UPLOAD):
            raise Refusal(Code.FORBIDDEN)
        self.page(
            '<h1>Subir archivos <small lang="en">· Upload files</small></h1>'
            '<form method="post" action="/subir" enctype="multipart/form-data">'
            f"{self.hidden_token}"
            '<label>Archivo <span lang="en">· File</span><input type="file" name="archivo" multiple></label>'
            f"<button>Subir</button></form>{_BACK}"
        )


class OldUpload(FormHandler, OldAnswers):
    """`POST /subir`, field `archivo`; then to the list."""

    _seen = False

    async def begin(self) -> None:
        if not may(self.me, Action.UPLOAD):
            raise Refusal(Code.FORBIDDEN)
        if self.content_type != "multipart/form-data":  # the old program looked for the field alone
            raise Refusal(Code.BAD_REQUEST, reason=NO_FIELD)
        await super().begin()

    async def _open(self, segment: MultipartSegment) -> None:
        self._seen = self._seen or segment.name in NAMES
        await super()._open(segment)

    def nothing_came(self) -> Refusal:
        return Refusal(Code.BAD_REQUEST, reason=NO_CHOICE if self._seen else NO_FIELD)

    def stored(self, files: list[File]) -> None:
        self.redirect("/listar")


class OldList(OldAnswers):
    """`/listar`: everything, newest first, a hundred to a page."""

    async def get(self) -> None:
        page = await self.services.files.list(self.me, listing(after=self.query("after")))
        deletes = may(self.me, Action.DELETE_ANY)
        rows = "".join(f"<li>{_line(file, deletes)}</li>" for file in page.items)
        more = f'<p><a href="/listar?after={escape(page.next)}">Más · More</a></p>' if page.next else ""
        upload = _UPLOAD if may(self.me, Action.UPLOAD) else ""
        shown = f"<ul>{rows}</ul>" if rows else '<p>No hay archivos. <span lang="en">· No files.</span></p>'
        self.page(f'<h1>Archivos <small lang="en">· Files</small></h1>{shown}{more}{upload}{_BACK}')


class OldDownload(ContentHandler, OldAnswers):
    """`/descargar/<name>`: the newest of that name."""

    async def get(self, name: str) -> None:
        file = await self.services.files.newest(self.me, name)
        await super().get(file.id)


class OldDelete(OldAnswers):
    """`/eliminar/<name>`: the newest of that name. A link must not delete, so GET asks first."""

    forbidden = MAY_NOT_DELETE

    async def begin(self) -> None:
        if not may(self.me, Action.DELETE_ANY):
            raise Refusal(Code.FORBIDDEN)

    async def get(self, name: str) -> None:
        if (file := await self._file(name)) is None:
            self.redirect("/listar")
            return
        self.page(
            f'<h1>¿Eliminar «{escape(file.name)}»? <small lang="en">· Delete it?</small></h1>'
            f'<form method="post" action="/eliminar/{quote(file.name, safe="")}">{self.hidden_token}'
            f'<button>Eliminar</button></form><p><a href="/listar">No</a></p>'
        )

    async def post(self, name: str) -> None:
        if self.request.headers.get("Content-Type"):
            self.form()
        else:
            self.check_form_token("")
        if (file := await self._file(name)) is not None:
            self.tell(await self.services.keeping.delete(self.me, file.id))
        self.redirect("/listar")

    async def _file(self, name: str) -> File | None:
        try:
            return await self.services.files.newest(self.me, name)
        except Refusal as refusal:
            if refusal.code is Code.NOT_FOUND:
                return None
            raise


def _line(file: File, deletes: bool) -> str:
    name, address = escape(file.name), quote(file.name, safe="")
    line = f'<a href="/descargar/{address}">{name}</a> · {file.size:,} bytes · {escape(file.owner.name)}'
    if deletes:
        line += f' · <a href="/eliminar/{address}">Eliminar</a>'
    return line


_UPLOAD = '<p><a href="/subir">Subir archivos · Upload files</a></p>'
_BACK = '<p><a href="/listar">Archivos · Files</a> · <a href="/">PiChat</a></p>'
ROUTES = (
    Route("GET", "/subir", UploadPage, Access.ALL, "A plain form for uploads"),
    Route("POST", "/subir", OldUpload, Access.ALL, "Upload by a plain form", form=True, streams=True),
    Route("GET", "/listar", OldList, Access.ALL, "The files as a plain page"),
    Route("GET", "/descargar/{name}", OldDownload, Access.ALL, "The newest file of that name"),
    Route("GET", "/eliminar/{name}", OldDelete, Access.ALL, "Asks before a file is deleted"),
    Route("POST", "/eliminar/{name}", OldDelete, Access.ALL, "Delete the newest of that name", form=True),
)
