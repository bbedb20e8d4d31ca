"""One body, looked at from outside: name against content, what can run, what is packed inside. Blocks."""

import re
from typing import BinaryIO

from appliance.base.log import logger
from appliance.domain.inspection import archives, documents, kinds, ole, pdfs
from appliance.domain.inspection.kinds import Kind
from appliance.domain.inspection.reasons import Reason, Why, because, kept
from appliance.host.sniff import ENOUGH, Sniff

_ENDS = 4096  # how far from either end of a picture markup is looked for
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<?php", b"<svg")
_ACTIVE = (b"<script", b"javascript:", b"<foreignobject", b"<!entity", b"<iframe", b"<embed", b"<object")
_MOST_SVG = 1024 * 1024
_HANDLER = re.compile(rb"[\s\"'/]on[a-z]{2,30}\s{0,8}=")
# Kinds that nobody expects a second kind in.
_SINGLE = frozenset({Kind.PICTURE, Kind.MEDIA, Kind.PDF, Kind.TEXT, Kind.OLE, Kind.RAR, Kind.SEVEN_ZIP})
_log = logger("inspection")


def inspect(body: BinaryIO, name: str, size: int, sniff: Sniff) -> list[Reason]:
    """Everything to be said of it. Whatever goes wrong on the way counts against the file, not for it."""
    try:
        return kept(_Body(body, name, size, sniff).reasons())
    except Exception as error:
        _log.error("a body could not be looked at: %s: %s", type(error).__name__, error)
        return [because(Why.UNREADABLE, found="")]


class _Body:
    def __init__(self, body: BinaryIO, name: str, size: int, sniff: Sniff) -> None:
        self._body = body
        self._name = name
        self._size = size
        self._head = body.read(ENOUGH)
        self._type = sniff(self._head)
        self._kind = kinds.found(self._type, self._head)

    def reasons(self) -> list[Reason]:
        found = [self._by_name(), kinds.by_kind(self._kind, self._type), self._mismatch(), self._polyglot()]
        reasons = [reason for reason in found if reason is not None]
        match self._kind:
            case Kind.SVG:
                reasons.append(because(Why.SVG_ACTIVE if self._svg_is_active() else Why.SVG))
            case Kind.ZIP:
                reasons += archives.look(self._body, self._size, archives.Budget())
            case Kind.OLE:
                reasons += ole.look(self._body)
            case Kind.PDF:
                reasons += pdfs.look(self._body)
            case Kind.UNKNOWN if self._head.startswith(documents.MAGIC):
                reasons += ole.look(self._body)
        return [one for one in reasons if not self._is_plainer(one, reasons)]

    def _by_name(self) -> Reason | None:
        why = kinds.by_name(self._name)
        if why in (Why.PROGRAM, Why.SCRIPT):
            return because(why, found=kinds.last_ending(self._name))
        return because(why) if why else None

    def _mismatch(self) -> Reason | None:
        promised = kinds.promised(self._name)
        if promised is None or self._kind in promised or self._kind in (Kind.UNKNOWN, Kind.EMPTY):
            return None
        if self._kind is Kind.SCRIPT and Kind.TEXT in promised:
            return None  # text all the same; what it does is told by its kind
        return because(
            Why.NOT_WHAT_IT_SAYS,
            extension=kinds.last_ending(self._name),
            found=self._kind.value,
            type=self._type,
        )

    def _polyglot(self) -> Reason | None:
        """Two kinds in one: a picture that is also a page or an archive."""
        if self._kind not in _SINGLE:
            return None
        if archives.ends_as_zip(self._body):
            return because(Why.POLYGLOT, found="zip")
        if self._kind in (Kind.PICTURE, Kind.MEDIA):
            if b"%PDF-" in self._head[:1024]:
                return because(Why.POLYGLOT, found="pdf")
            ends = (self._head[:_ENDS] + b"\0" + self._tail()).lower()
            if any(mark in ends for mark in _MARKUP):
                return because(Why.POLYGLOT, found="html")
        return None

    def _tail(self) -> bytes:
        self._body.seek(max(0, self._size - _ENDS))
        return self._body.read(_ENDS)

    def _svg_is_active(self) -> bool:
        """Whether it can do something when it is opened. Too long to be read to its end counts as yes."""
        if self._size > _MOST_SVG or b"\0" in self._head:
            return True
        self._body.seek(0)
        text = self._body.read(_MOST_SVG).lower()
        return any(mark in text for mark in _ACTIVE) or _has_handler(text) or b"&#" in text

    @staticmethod
    def _is_plainer(one: Reason, reasons: list[Reason]) -> bool:
        """Said again in fewer words: `svg` beside `svg_active`, the ending beside what was found."""
        codes = [reason.code for reason in reasons]
        if one.code is Why.SVG and Why.SVG_ACTIVE in codes:
            return True
        same = [reason for reason in reasons if reason.code is one.code]
        return one.code in (Why.PROGRAM, Why.SCRIPT) and one is not same[-1]


def _has_handler(text: bytes) -> bool:
    """`onload=` and its kind, as an attribute."""
    return _HANDLER.search(text) is not None
