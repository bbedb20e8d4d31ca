"""What a body gives away from outside: hostile ones are held back, everyday ones are not."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest

from appliance.domain.inspection.look import inspect
from appliance.domain.inspection.reasons import Reason, Why, because, decoded, encoded, holds_back, kept
from appliance.host.sniff import UNKNOWN, sniffer
from tests import samples
from tests.noise import noise
from tests.samples import document, encrypted, link, nested, ole, overlapping, zipped

sniff = sniffer()


def looked(name: str, data: bytes) -> list[Reason]:
    return inspect(io.BytesIO(data), name, len(data), sniff)


def codes(name: str, data: bytes) -> set[str]:
    return {reason.code.value for reason in looked(name, data)}


MACROS = "application/vnd.ms-office.vbaProject"
HOSTILE = {
    "a program": ("setup.exe", samples.PE, {"program"}),
    "a program by another name": ("foto.jpg", samples.ELF, {"program", "not_what_it_says"}),
    "a program without a name for it": ("datos", samples.PE, {"program"}),
    "a program behind a dot that Windows drops": ("setup.exe.", b"MZ", {"program"}),
    "a program behind two endings": ("foto.jpg.scr", samples.JPEG, {"program"}),
    "a shortcut": ("informe.lnk", b"x", {"program"}),
    "a shell script": ("nota.txt", b"#!/bin/sh\nrm -rf ~\n", {"script"}),
    "a batch file": ("nota.txt", b"@echo off\r\ndel *.*\r\n", {"script"}),
    "PHP": ("nota.txt", b"<?php system($_GET['c']);", {"script"}),
    "a script by its ending alone": ("hola.ps1", b"x", {"script"}),
    "a page": ("pagina.html", samples.PAGE, {"html"}),
    "a page called text": ("nota.txt", samples.PAGE, {"html", "not_what_it_says"}),
    "a page called a picture": ("foto.png", samples.PAGE, {"html", "not_what_it_says"}),
    "a page behind a comment": ("nota.txt", b"<!-- hola -->\n<html>", {"html", "not_what_it_says"}),
    "XHTML": ("a.xml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', {"html"}),
    "a page by its ending alone": ("pagina.htm", b"hola", {"html"}),
    "a drawing": ("dibujo.svg", samples.SVG, {"svg"}),
    "a drawing with a script": ("dibujo.svg", b"<svg><script>1</script></svg>", {"svg_active"}),
    "a drawing with a handler": ("dibujo.svg", b"<svg onload = 'x()'/>", {"svg_active"}),
    "a drawing called a picture": ("foto.png", samples.SVG, {"svg", "not_what_it_says"}),
    "text called a picture": ("foto.jpg", b"hola, esto es texto\n", {"not_what_it_says"}),
    "a picture called a document": ("acta.pdf", samples.PNG, {"not_what_it_says"}),
    "a picture that is a zip": ("foto.png", samples.PNG + zipped(("a", "b")), {"polyglot"}),
    "a document that is a zip": ("acta.pdf", samples.PDF + zipped(("a.class", "b")), {"polyglot"}),
    "a picture that is a page": ("foto.gif", b"GIF89a/*" + samples.PAGE, {"polyglot"}),
    "a picture with a page behind it": ("foto.png", samples.PNG + samples.PAGE, {"polyglot"}),
    "a picture that is a document": ("foto.jpg", samples.JPEG[:20] + samples.PDF, {"polyglot"}),
    "a bomb": ("b.zip", zipped(("ceros", bytes(80_000_000))), {"zip_bomb"}),
    "a bomb of one body": ("b.zip", overlapping(), {"zip_bomb"}),
    "parent folders": ("b.zip", zipped(("../../etc/passwd", "x")), {"zip_path"}),
    "parent folders, the other way": ("b.zip", zipped(("a\\..\\..\\b", "x")), {"zip_path"}),
    "an absolute path": ("b.zip", zipped(("/etc/passwd", "x")), {"zip_path"}),
    "a drive": ("b.zip", zipped(("C:/Windows/a.txt", "x")), {"zip_path"}),
    "a link": ("b.zip", zipped(link("fotos", "/etc")), {"zip_link"}),
    "a locked archive": ("b.zip", encrypted(zipped(("a.txt", "x"))), {"encrypted"}),
    "archives in archives": ("b.zip", nested(4), {"zip_nested"}),
    "a program in an archive": ("b.zip", zipped(("fotos/ver.exe", "x")), {"inside"}),
    "a page in an archive": ("b.zip", zipped(("index.html", samples.PAGE)), {"inside"}),
    "a program two archives deep": ("b.zip", zipped(("c.zip", zipped(("a.scr", "x")))), {"inside"}),
    "macros in an archive": ("b.zip", zipped(("c.doc", ole("VBA"))), {"inside"}),
    "too many entries": ("b.zip", zipped(*[(f"{n}", "") for n in range(10_001)]), {"zip_entries"}),
    "a directory too large to read": (
        "b.zip",
        zipped(*[(f"{'n' * 250}{n:05}", "") for n in range(15_000)]),
        {"zip_entries"},
    ),
    "half an archive": ("b.zip", zipped(("a.txt", "hola" * 99))[:-30], {"unreadable"}),
    "a macro document": ("acta.docm", document(("word/vbaProject.bin", "x")), {"macros"}),
    "macros called harmless": ("acta.docx", document(("word/vbaProject.bin", "x")), {"macros"}),
    "macros under another name": ("acta.docx", document(("word/a.bin", "x"), types=MACROS), {"macros"}),
    "macros of OpenDocument": (
        "acta.odt",
        zipped(
            ("mimetype", "application/vnd.oasis.opendocument.text"), ("Basic/script-lb.xml", ""), stored=True
        ),
        {"macros"},
    ),
    "a program in a document": ("acta.docx", document(("word/embeddings/a.exe", "x")), {"inside"}),
    "an old document with macros": ("acta.doc", ole("WordDocument", "Macros", "VBA"), {"macros"}),
    "a locked document": ("acta.docx", ole("EncryptionInfo", "EncryptedPackage"), {"encrypted"}),
    "an old document with a file in it": ("acta.doc", ole("\x01Ole10Native"), {"embedded"}),
    "an old document that makes no sense": ("acta.doc", ole("A")[:600], {"unreadable"}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_means_harm_is_held_back(case: str) -> None:
    name, data, expected = HOSTILE[case]
    reasons = looked(name, data)
    assert {reason.code.value for reason in reasons} - {"kind_unknown"} == expected
    assert holds_back(reasons)
    assert decoded(encoded(reasons)) == reasons


HARMLESS = {
    "text": ("nota.txt", "¿Qué tal? #1 <b> & más\n".encode(), set()),
    "text of another time": ("nota.txt", "été à la plage, señor\n".encode("latin1"), set()),
    "a table": ("datos.csv", b"a,b,c\n1,2,3\n4,5,6\n", set()),
    "nothing": ("vacio.jpg", b"", set()),
    "a picture": ("foto.png", samples.PNG, set()),
    "a picture with another's ending": ("foto.jpg", samples.PNG, set()),
    "a document": ("acta.pdf", samples.PDF, set()),
    "a document with something before it": ("acta.pdf", b"\0\1\2\3" + samples.PDF, set()),
    "an archive": ("fotos.zip", zipped(("a/b.jpg", samples.JPEG), ("nota.txt", "hola")), set()),
    "an empty archive": ("nada.zip", zipped(), set()),
    "an archive in an archive": ("fotos.zip", nested(3), set()),
    "a document in an archive": ("b.zip", zipped(("acta.docx", document())), set()),
    "ten megabytes of zeros": ("ceros.zip", zipped(("ceros", bytes(10_000_000))), set()),
    "a new document": ("acta.docx", document(("word/media/image1.svg", samples.SVG)), set()),
    "an old document": ("acta.doc", ole("WordDocument", "1Table", "Data"), set()),
    "an old document that is text": ("acta.doc", b"{\\rtf1 hola}", set()),
    "noise": ("ruido.pdf", noise(5000), {"kind_unknown"}),
    "RAR": ("fotos.rar", samples.RAR, {"not_looked_into"}),
    "7Z": ("fotos.7z", samples.SEVEN_ZIP, {"not_looked_into"}),
    "RAR in an archive": ("b.zip", zipped(("fotos.rar", samples.RAR)), {"inner_not_looked_into"}),
    "an archive too large to open in memory": (
        "b.zip",
        zipped(("c.zip", bytes(17_000_000)), stored=True),
        {"inner_not_looked_into"},
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_everyday_files_are_not_held_back(case: str) -> None:
    name, data, expected = HARMLESS[case]
    reasons = looked(name, data)
    assert not holds_back(reasons), reasons
    assert {reason.code.value for reason in reasons} == expected


def test_a_reason_says_what_it_saw_in_printable_words() -> None:
    hostile = "fotos/\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 300 + ".exe"
    (reason,) = looked("b.zip", zipped((hostile, "x")))
    name = str(reason.params["name"])
    assert name.isprintable()
    assert len(name) <= 120
    assert looked("foto.jpg", samples.PE)[1] == because(
        Why.NOT_WHAT_IT_SAYS,
        extension="jpg",
        found="program",
        type="application/vnd.microsoft.portable-executable",
    )


def test_many_findings_are_few_reasons() -> None:
    reasons = looked("b.zip", zipped(*[(f"../{n}.exe", "x") for n in range(500)]))
    assert len(reasons) == 6
    assert len(kept(because(why) for why in Why for _ in range(9))) == 20


def test_an_archive_full_of_archives_costs_little() -> None:
    inner = zipped(("ceros", bytes(60_000_000)))
    data = zipped(*[(f"{n}.zip", inner) for n in range(2000)])
    tracemalloc.start()
    began = time.process_time()
    reasons = looked("b.zip", data)
    assert time.process_time() - began < 10  # no race: it only ends a look that would not end
    assert tracemalloc.get_traced_memory()[1] < 100 * 1024 * 1024
    tracemalloc.stop()
    assert holds_back(reasons) or "inner_not_looked_into" in {reason.code for reason in reasons}


@pytest.mark.parametrize("name", ["b.zip", "acta.doc", "acta.docx", "foto.png", "acta.pdf"])
def test_no_bytes_break_the_look(name: str) -> None:
    """Every good sample with something overwritten: an answer each time, and no complaint in the log."""
    good = [zipped(("a.txt", "hola"), ("c.zip", nested(2))), ole("VBA", "A", "B", "C", "D"), document()]
    for data in good:
        for place in range(0, len(data), max(1, len(data) // 150)):
            for value in (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80\x01\x02\x7f"):
                hurt = data[:place] + value + data[place + 4 :]
                assert isinstance(looked(name, hurt), list)


def test_a_chain_that_bites_its_tail_ends() -> None:
    data = bytearray(ole("A", "B", "C", "D", "E"))
    struct.pack_into("<I", data, 512 + 4, 1)
    assert codes("acta.doc", bytes(data)) - {"kind_unknown"} == {"unreadable"}


def test_a_name_that_ends_early_is_seen_whole() -> None:
    info = zipfile.ZipInfo("nota.txtX")
    data = zipped((info, "x")).replace(b"nota.txtX", b"nota.txt\0")
    assert codes("b.zip", data) == {"zip_path"}


def test_without_libmagic_nothing_is_recognised(monkeypatch: pytest.MonkeyPatch, expect_log: object) -> None:
    assert callable(expect_log)
    expect_log("libmagic is missing")
    monkeypatch.setattr("appliance.host.sniff.magic", None)
    blind = sniffer()
    assert blind(samples.PNG) == UNKNOWN
    (reason,) = inspect(io.BytesIO(samples.PNG), "foto.png", len(samples.PNG), blind)
    assert reason.code is Why.KIND_UNKNOWN


def test_a_body_that_cannot_be_read_is_held_back(expect_log: object) -> None:
    assert callable(expect_log)
    expect_log("could not be looked at")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    assert holds_back(inspect(Broken(b"x"), "nota.txt", 1, sniff))
