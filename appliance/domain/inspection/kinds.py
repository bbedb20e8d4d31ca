"""Kinds of files: what an ending promises, what libmagic found, which of them can do harm. Reads no file."""

from enum import StrEnum

from appliance.domain.file_types import ending
from appliance.domain.inspection.reasons import Reason, Why, because


class Kind(StrEnum):
    """As coarse as the question is: does it fit its name, and can it do something by itself?"""

    PICTURE = "picture"
    MEDIA = "media"
    TEXT = "text"
    PDF = "pdf"
    OLE = "ole"  # DOC, XLS, PPT and what else is built as they are
    ZIP = "zip"
    ARCHIVE = "archive"  # packed in a way that is not looked into
    RAR = "rar"
    SEVEN_ZIP = "7z"
    PROGRAM = "program"
    SCRIPT = "script"
    HTML = "html"
    SVG = "svg"
    EMPTY = "empty"
    UNKNOWN = "unknown"


def _each(kind: Kind, media_types: str) -> dict[str, Kind]:
    return dict.fromkeys(media_types.split(), kind)


_FOUND = {
    **_each(Kind.EMPTY, "application/x-empty inode/x-empty"),
    **_each(Kind.PDF, "application/pdf"),
    **_each(Kind.SVG, "image/svg+xml"),
    **_each(Kind.HTML, "text/html application/xhtml+xml"),
    **_each(Kind.MEDIA, "application/ogg"),
    **_each(Kind.RAR, "application/x-rar application/vnd.rar"),
    **_each(Kind.SEVEN_ZIP, "application/x-7z-compressed"),
    **_each(Kind.ZIP, "application/zip application/epub+zip"),
    **_each(
        Kind.PICTURE,
        """image/png image/jpeg image/gif image/webp image/avif image/heic image/heif image/bmp image/x-ms-bmp
        image/tiff image/x-icon image/vnd.microsoft.icon""",
    ),
    **_each(
        Kind.TEXT,
        """application/json application/csv application/x-ndjson application/x-subrip message/rfc822
        application/mbox application/x-wine-extension-ini""",
    ),
    **_each(
        Kind.OLE,
        """application/msword application/vnd.ms-excel application/vnd.ms-powerpoint application/x-ole-storage
        application/cdfv2 application/vnd.ms-office application/encrypted application/vnd.visio
        application/vnd.ms-outlook""",
    ),
    **_each(
        Kind.ARCHIVE,
        """application/gzip application/x-bzip2 application/x-xz application/zstd application/x-tar
        application/x-lzma application/x-lzip application/vnd.ms-cab-compressed application/x-iso9660-image
        application/x-cpio application/x-arj application/x-lha application/x-lzh-compressed
        application/x-ace-compressed application/x-xar""",
    ),
    **_each(
        Kind.PROGRAM,
        """application/x-dosexec application/vnd.microsoft.portable-executable application/x-executable
        application/x-pie-executable application/x-sharedlib application/x-object application/x-coredump
        application/x-mach-binary application/x-msi application/java-archive application/x-java-applet
        application/x-java-jce-keystore application/vnd.android.package-archive
        application/vnd.debian.binary-package application/x-debian-package application/x-rpm
        application/x-ms-shortcut application/x-mswinurl application/x-shockwave-flash
        application/vnd.adobe.flash.movie application/x-bytecode.python application/x-archive
        application/x-chrome-extension""",
    ),
    **_each(
        Kind.SCRIPT,
        """application/javascript text/javascript text/x-shellscript text/x-msdos-batch text/x-php text/x-perl
        text/x-python text/x-script.python text/x-ruby text/x-lua text/x-tcl text/x-awk text/x-gawk
        text/x-nawk application/x-shellscript""",
    ),
}
_FOUND_BY_START = (
    ("application/vnd.openxmlformats-officedocument.", Kind.ZIP),
    ("application/vnd.oasis.opendocument.", Kind.ZIP),
    ("audio/", Kind.MEDIA),
    ("video/", Kind.MEDIA),
    ("text/", Kind.TEXT),
)

_PICTURES = "jpg jpeg png gif webp avif heic heif bmp tif tiff ico"
_MEDIA = "mp3 wav ogg oga ogv opus m4a aac flac mp4 m4v avi mov webm weba mkv"
_TEXTS = "txt csv tsv md log json srt vtt ini toml yaml yml ics vcf tex rtf"
_PROMISED: dict[str, frozenset[Kind]] = {
    "pdf": frozenset({Kind.PDF}),
    "svg": frozenset({Kind.SVG}),
    "zip": frozenset({Kind.ZIP}),
    "rar": frozenset({Kind.RAR}),
    "7z": frozenset({Kind.SEVEN_ZIP}),
    **dict.fromkeys(_PICTURES.split(), frozenset({Kind.PICTURE})),
    **dict.fromkeys(_MEDIA.split(), frozenset({Kind.MEDIA})),
    **dict.fromkeys(_TEXTS.split(), frozenset({Kind.TEXT})),
    # Many a .doc is RTF or DOCX inside, many an .xls a table of text; a DOCX with a password is OLE.
    **dict.fromkeys(("doc", "xls", "ppt"), frozenset({Kind.OLE, Kind.ZIP, Kind.TEXT})),
    **dict.fromkeys(("docx", "xlsx", "pptx"), frozenset({Kind.ZIP, Kind.OLE})),
    **dict.fromkeys(("odt", "ods", "odp", "odg", "epub"), frozenset({Kind.ZIP})),
}

_HARMFUL_WORDS = {
    Why.PROGRAM: """
        exe dll com scr pif cpl sys drv ocx xll msi msp mst msix msixbundle appx appxbundle msc gadget jar
        class apk xapk ipa dmg pkg deb rpm run so elf appimage snap flatpakref lnk url webloc desktop reg inf
        scf chm swf crx xpi vhd vhdx iso img wasm application theme settingcontent-ms
        """,
    Why.SCRIPT: """
        bat cmd ps1 psm1 psd1 ps1xml vbs vbe vb js jse mjs cjs ws wsf wsh wsc sct hta sh bash zsh csh ksh fish
        py pyw pyc pyz pl pm rb php php3 php4 php5 php7 phtml phar lua tcl awk applescript scpt command
        workflow au3 ahk jsp asp aspx cgi
        """,
    Why.MACROS: "docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm",
    Why.HTML: "html htm xhtml xht shtml mht mhtml xsl xslt",
    Why.SVG: "svg svgz",
}
_HARMFUL = {ending: why for why, words in _HARMFUL_WORDS.items() for ending in words.split()}
ZIPS = frozenset({"zip", "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "epub"})
_PACKED = "rar 7z gz tgz bz2 xz zst tar cab arj lzh lha ace"
UNSEEN = frozenset(_PACKED.split())


def found(media_type: str, head: bytes) -> Kind:
    """What libmagic's word means here. A reader of PDF accepts a good deal of rubbish before it begins."""
    name = media_type.lower()
    kind = _FOUND.get(name) or next((one for start, one in _FOUND_BY_START if name.startswith(start)), None)
    if kind is None and b"%PDF-" in head[:1024]:
        return Kind.PDF
    if name in ("text/xml", "application/xml"):
        return _of_xml(head[:4096].lower())
    return kind or Kind.UNKNOWN


def last_ending(name: str) -> str:
    """The ending as other systems see it: they drop dots and spaces after it."""
    return ending(name.rstrip(". "))


def promised(name: str) -> frozenset[Kind] | None:
    """What a file of this name may be; None where the ending promises nothing."""
    return _PROMISED.get(last_ending(name))


def by_name(name: str) -> Why | None:
    """Why a file of this name is held back, whatever is in it."""
    return _HARMFUL.get(last_ending(name))


def by_kind(kind: Kind, media_type: str) -> Reason | None:
    """Why a file of this kind is held back, or what is told of it."""
    match kind:
        case Kind.PROGRAM:
            return because(Why.PROGRAM, found=media_type)
        case Kind.SCRIPT:
            return because(Why.SCRIPT, found=media_type)
        case Kind.HTML:
            return because(Why.HTML)
        case Kind.RAR | Kind.SEVEN_ZIP | Kind.ARCHIVE:
            return because(Why.NOT_LOOKED_INTO, found=kind.value if kind is not Kind.ARCHIVE else media_type)
        case Kind.UNKNOWN:
            return because(Why.KIND_UNKNOWN)
    return None


def _of_xml(head: bytes) -> Kind:
    if b"<svg" in head:
        return Kind.SVG
    return Kind.HTML if b"1999/xhtml" in head or b"<html" in head or b"xml-stylesheet" in head else Kind.TEXT
