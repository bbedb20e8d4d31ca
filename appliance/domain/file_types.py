"""What a file's ending says of it: media type, and whether a browser may show it in place.

The type is ours, never the sender's word. What it really contains is found out elsewhere.
"""

OCTETS = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "weba": "audio/webm",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "mov": "video/quicktime",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}

# Shown in place when asked: kinds in which a browser runs nothing. SVG, HTML, XML and PDF never are.
INLINE = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
        *("video/mp4", "video/webm", "text/plain"),
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/mp4", "audio/aac"),
    }
)


def ending(name: str) -> str:
    """`pdf` of `Informe.PDF`; empty where there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def type_of(name: str) -> str:
    """The media type that the ending stands for."""
    return _TYPES.get(ending(name), OCTETS)


def types_of(endings: tuple[str, ...]) -> list[str]:
    """The media types of some endings, each once."""
    return list(dict.fromkeys(_TYPES.get(one, OCTETS) for one in endings))


def served_as(media_type: str) -> str:
    """The Content-Type with which bytes go out: markup as mere bytes, text with its encoding."""
    if media_type == "image/svg+xml":
        return OCTETS
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
