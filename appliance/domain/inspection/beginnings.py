"""What a few first bytes give away, for entries of archives by the thousand. libmagic would take too long."""

LONGEST = 512
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\0\0\0\x01\x14\x02\0",
    b"dex\n0",
)
_SCRIPTS = (b"#!", b"<?php", b"@echo off")
_PAGES = (b"<!doctype html", b"<html", b"<script")


def disguised(head: bytes, *, plain_only: bool = False) -> str:
    """`program`, `script` or `html` where that is what it is; else empty. `plain_only`: programs alone."""
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head[:64]):
        return "program"
    if plain_only:
        return ""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_SCRIPTS):
        return "script"
    return "html" if text.startswith(_PAGES) else ""
