"""What the card says to people, in both languages. Must not decide when to say it."""

from typing import NamedTuple


class Said(NamedTuple):
    """One sentence in Spanish and in English."""

    es: str
    en: str

    def filled(self, **values: object) -> "Said":
        return Said(self.es.format(**values), self.en.format(**values))


class StepError(Exception):
    """A step that could not be done, with the sentence for the screen."""

    def __init__(self, said: Said, detail: str = "") -> None:
        super().__init__(f"{said.en} {detail}".strip())
        self.said = said
        self.detail = detail


NO_DISK = Said("No se encuentra la tarjeta del sistema.", "The card of the system cannot be found.")
STRANGE_TABLE = Said(
    "La tabla de particiones de la tarjeta no es la de PiChat; no se ha tocado nada.",
    "The card's partition table is not PiChat's; nothing was touched.",
)
SMALL_CARD = Said(
    "La tarjeta es demasiado pequeña: hacen falta al menos 8 GB.",
    "The card is too small: it takes at least 8 GB.",
)
NOT_OURS = Said(
    "En la parte de datos de la tarjeta hay algo que no es de PiChat ({what}); no se ha tocado. Para "
    "borrarlo, quita NO- del nombre de pichat/NO-borrar-todo.txt en la tarjeta y arranca otra vez.",
    "Where the data belongs on the card is something that is not PiChat's ({what}); it was not touched. To "
    "erase it, take NO- off the name of pichat/NO-borrar-todo.txt on the card and start again.",
)
DAMAGED = Said(
    "La parte de datos de la tarjeta está dañada y no se puede reparar. La tarjeta puede estar fallando.",
    "The data part of the card is damaged and cannot be repaired. The card may be failing.",
)
REPAIRED = Said(
    "La parte de datos de la tarjeta estaba dañada y se ha reparado. Haz copia de lo importante.",
    "The data part of the card was damaged and has been repaired. Copy what matters.",
)
NO_COMMAND = Said("Un programa del sistema ha fallado.", "A program of the system has failed.")
NOT_MOUNTED = Said(
    "La parte de datos de la tarjeta no está montada.", "The data part of the card is not mounted."
)
NO_ANSWER = Said(
    "PiChat no responde. Apaga y enciende; si sigue así, graba la tarjeta otra vez: los datos se conservan.",
    "PiChat does not answer. Switch off and on; if that does not help, write the card again: data is kept.",
)
ROOT_READ_ONLY = Said(
    "El sistema arrancó sin su capa en memoria: está en solo lectura y algunas cosas pueden faltar.",
    "The system started without its layer in memory: it is read-only, and some things may be missing.",
)
CARD_READ_ONLY = Said(
    "La parte de arranque de la tarjeta no se puede escribir: los avisos salen solo en pantalla.",
    "The boot part of the card cannot be written: messages appear on the screen alone.",
)
CARD_FULL = Said(
    "La parte de arranque de la tarjeta está llena: borra archivos tuyos; los avisos salen solo en pantalla.",
    "The boot part of the card is full: delete files of yours; messages appear on the screen alone.",
)
NO_CARD = Said(
    "La parte de arranque de la tarjeta no se puede leer: valen los ajustes del arranque anterior.",
    "The boot part of the card cannot be read: the settings of the boot before hold.",
)
NOT_KEPT = Said(
    "Los ajustes nuevos no se han podido guardar y valen los de antes: la parte de datos está llena o falla.",
    "The new settings could not be kept and those of before hold: the data part is full or failing.",
)
NO_SSH_KEY = Said(
    "ssh.txt: no hay ninguna clave pública que se entienda; SSH sigue cerrado.",
    "ssh.txt: there is no public key in it that is understood; SSH stays closed.",
)

LOW_VOLTAGE = Said(
    "Llega poca tensión: usa el cargador de la placa y un cable corto.",
    "There is too little voltage: use the board's own supply and a short cable.",
)
HOT = Said("La placa está muy caliente y va más lenta.", "The board is very hot and slows down.")
FAILING_CARD = Said(
    "La tarjeta ya no admite escrituras: está fallando. Cámbiala; lo guardado todavía se puede leer.",
    "The card takes no more writes: it is failing. Replace it; what was saved can still be read.",
)

BAD_LINE = Said("línea {line}: falta el signo =", "line {line}: there is no = sign")
UNKNOWN_KEY = Said(
    "línea {line}: «{key}» no es un ajuste{near}", "line {line}: “{key}” is no setting{near_en}"
)
MORE = Said("… y {count} líneas más que no se entienden", "… and {count} more lines that are not understood")
TOO_LONG = Said(
    "el archivo es muy largo: solo se ha leído el principio",
    "the file is very long: only its beginning was read",
)
TWICE = Said("línea {line}: «{key}» está dos veces", "line {line}: “{key}” is there twice")
BAD_NAME = Said(
    "nombre: solo letras sin acento, cifras y guiones, 63 como mucho",
    "nombre (host name): letters without accents, digits and hyphens alone, at most 63",
)
BAD_COUNTRY = Said("pais: dos letras, como ES o MX", "pais (country): two letters, such as ES or MX")
BAD_LANGUAGE = Said("idioma: es o en", "idioma (language): es or en")
BAD_TLS = Said("tls (https): no, opcional u obligatorio", "tls (https): off, optional or required")
BAD_ZONE = Said(
    "zona_horaria: no existe; por ejemplo Europe/Madrid",
    "zona_horaria (time zone): there is no such zone; for example Europe/Madrid",
)
BAD_NETWORK = Said(
    "wifi_red: 32 caracteres como mucho (con acento cuentan por dos)",
    "wifi_red (Wi-Fi name): at most 32 characters (with an accent they count twice)",
)
BAD_HIDDEN = Said("wifi_oculta: si o no", "wifi_oculta (hidden Wi-Fi): yes or no")
BAD_WIFI_KEY = Said(
    "wifi_clave: entre 8 y 63 caracteres", "wifi_clave (Wi-Fi key): between 8 and 63 characters"
)
LOST_WIFI_KEY = Said(
    "wifi_clave: de esta red no hay ninguna guardada; escríbela",
    "wifi_clave (Wi-Fi key): none is kept for this network; write it",
)
NO_COUNTRY = Said(
    "pais: sin el país la caja no se une a ninguna Wi-Fi",
    "pais (country): without the country the box joins no Wi-Fi",
)
NO_SETTINGS = Said(
    "el archivo no está; valen los ajustes del arranque anterior",
    "the file is not there; the settings of the boot before hold",
)
SETTINGS_GOOD = Said("ajustes.txt: todo en orden.", "ajustes.txt: all is well.")
SETTINGS_BAD = Said(
    "ajustes.txt: estas líneas no se entienden y no se han usado; el resto sí:",
    "ajustes.txt: these lines are not understood and were not used; the rest was:",
)
ERASED = Said("Todo se ha borrado, como se pidió.", "Everything was erased, as asked.")

WIFI_WHY = {
    "key": Said(
        "La clave de la Wi-Fi «{name}» no es esa: escríbela otra vez en pichat/ajustes.txt o en la página.",
        "The key of the Wi-Fi “{name}” is wrong: write it again in pichat/ajustes.txt or on the page.",
    ),
    "absent": Said(
        "La Wi-Fi «{name}» no se encuentra: mira el nombre, y si está encendida y cerca.",
        "The Wi-Fi “{name}” cannot be found: check its name, and whether it is on and near.",
    ),
    "failed": Said(
        "No se pudo entrar en la Wi-Fi «{name}»: mira su clave, y si está cerca.",
        "The Wi-Fi “{name}” could not be joined: check its key, and whether it is near.",
    ),
    "no_radio": Said(
        "Esta placa no tiene Wi-Fi: conecta el cable.",
        "This board has no Wi-Fi: plug in the cable.",
    ),
}

ROLLED_BACK = Said(
    "La actualización {version} no funcionó; la caja ha vuelto a la versión de antes.",
    "The update {version} did not work; the box is back at the version before it.",
)
UPDATE_SPOILT = Said(
    "El archivo de la versión {version} se ha dañado en la tarjeta; la caja ha vuelto a la versión de antes. "
    "Si no arranca, pon el archivo .pichat otra vez en la carpeta pichat/ de la tarjeta.",
    "The file of version {version} was damaged on the card; the box is back at the version before it. "
    "If that does not start, put the .pichat file into the folder pichat/ of the card again.",
)
UPDATE_STAYS = Said(
    "La versión {version} falla, y la de antes tampoco funciona con estos datos: hace falta una más nueva.",
    "Version {version} fails, and the one before it does not work with this data either: "
    "it takes a newer one.",
)
UPDATE_REFUSED = Said("{name}: no se ha usado; {es}.", "{name}: not used; {en}.")
UPDATE_WHY = {
    "format": Said("no es una actualización para esta caja", "it is no update for this box"),
    "signature": Said("no la firma quien hizo esta caja", "it is not signed by who made this box"),
    "truncated": Said("está incompleta o dañada", "it is incomplete or damaged"),
    "older": Said("es más vieja que la versión de la tarjeta", "it is older than the version of the card"),
    "no_space": Said("no cabe en la tarjeta", "there is no room for it on the card"),
}
