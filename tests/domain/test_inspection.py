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
from tests.samples import document, encrypted, link, nested, ole, overlapping, packed, zipped

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
    "a workbook with Excel 4 macros": ("tabla.xls", samples.workbook(0, 1), {"excel4"}),
    "a short workbook with Excel 4 macros": ("tabla.xls", samples.workbook(1, small=True), {"excel4"}),
    "a locked workbook": ("tabla.xls", samples.workbook(0, locked=True), {"encrypted"}),
    "a workbook without end": ("tabla.xls", samples.workbook(*[0] * 500)[:-6000], {"unreadable"}),
    "Excel 4 macros in a new workbook": ("t.xlsx", document(("xl/macrosheets/sheet1.xml", "x")), {"excel4"}),
    "Excel 4 macros under another name": (
        "t.xlsx",
        document(("xl/a/b.xml", "x"), types="application/vnd.ms-excel.macrosheet+xml"),
        {"excel4"},
    ),
    "Excel 4 macros in an archive": ("b.zip", zipped(("c.xls", samples.workbook(1))), {"inside"}),
    "a PDF with a script": ("a.pdf", samples.pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), {"pdf_script"}),
    "a PDF with a script in disguise": ("a.pdf", samples.pdf(b"<</S/J#61v#61Script/JS(x)>>"), {"pdf_script"}),
    "a PDF with a packed script": ("a.pdf", samples.pdf(packed(b"3 0 <</S/JavaScript>>")), {"pdf_script"}),
    "a PDF with a script packed in disguise": (
        "a.pdf",
        samples.pdf(packed(b"3 0 <</S/JavaScript>>", kind=b"/Obj#53tm")),
        {"pdf_script"},
    ),
    "a PDF packed as no program packs": (
        "a.pdf",
        samples.pdf(packed(b"x", b"[/ASCII85Decode/FlateDecode]")),
        {"unreadable"},
    ),
    "a PDF with broken objects": (
        "a.pdf",
        samples.pdf(packed(bytes(99)).replace(b"x\x9c", b"xx")),
        {"unreadable"},
    ),
    "a PDF that starts a program": ("a.pdf", samples.pdf(b"<</S/Launch/F(cmd.exe)>>"), {"pdf_launch"}),
    "a PDF that calls home": (
        "a.pdf",
        samples.pdf(root=b"/OpenAction<</S/URI/URI(http://x)>>"),
        {"pdf_opens"},
    ),
    "a PDF that sends a form": (
        "a.pdf",
        samples.pdf(b"<</S/SubmitForm/F(http://x)>>", root=b"/OpenAction 3 0 R"),
        {"pdf_opens"},
    ),
    "a PDF that opens another": (
        "a.pdf",
        samples.pdf(root=b"/OpenAction <</S/GoToR/F(b.pdf)>>"),
        {"pdf_opens"},
    ),
    "a program in an archive under a harmless name": ("b.zip", zipped(("a.jpg", samples.ELF)), {"disguised"}),
    "a program for Windows among pictures": (
        "b.zip",
        zipped(("a.jpg", samples.JPEG), ("b.jpg", samples.PE)),
        {"disguised"},
    ),
    "a script in an archive": ("b.zip", zipped(("leeme", b"#!/bin/sh\nrm x\n")), {"disguised"}),
    "a page in an archive called text": ("b.zip", zipped(("a.txt", b"\n" + samples.PAGE)), {"disguised"}),
    "a program in a picture of a document": ("a.docx", document(("word/a.png", samples.PE)), {"disguised"}),
    "an archive in an archive under another name": (
        "b.zip",
        zipped(("a.dat", zipped(("x.exe", b"x")))),
        {"inside"},
    ),
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
    "a workbook": ("tabla.xls", samples.workbook(0, 0, 2), set()),
    "a short workbook": ("tabla.xls", samples.workbook(0, small=True), set()),
    "a PDF that opens on a page": ("a.pdf", samples.pdf(root=b"/OpenAction[2 0 R/Fit]"), set()),
    "a PDF that opens on a place": ("a.pdf", samples.pdf(root=b"/OpenAction<</S/GoTo/D(x)>>"), set()),
    "a PDF that opens by an object": (
        "a.pdf",
        samples.pdf(b"<</Type/Action/S /GoTo/D[2 0 R/Fit]>>", root=b"/OpenAction 3 0 R"),
        set(),
    ),
    "a PDF with packed objects": ("a.pdf", samples.pdf(packed(b"3 0 <</Type/Font>>")), set()),
    "a PDF about scripts": ("a.pdf", samples.pdf(b"(JavaScript and Launch and OpenAction)"), set()),
    "a locked PDF": (
        "a.pdf",
        samples.pdf(packed(b"x"), root=b"/Encrypt 3 0 R"),
        {"not_looked_into"},
    ),
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
    good += [samples.workbook(0, 1), samples.workbook(1, small=True), samples.pdf(packed(b"3 0 <<>>"))]
    for data in good:
        for place in range(0, len(data), max(1, len(data) // 150)):
            for value in (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80\x01\x02\x7f"):
                hurt = data[:place] + value + data[place + 4 :]
                assert isinstance(looked(name, hurt), list)


def test_a_document_made_to_be_unpacked_for_ever_costs_little() -> None:
    """Objects that unpack to a great deal, and more of them than anybody has."""
    for data in (samples.pdf(packed(bytes(100_000_000))), samples.pdf(*[packed(b"x")] * 2500)):
        tracemalloc.start()
        assert codes("a.pdf", data) == {"not_looked_into"}
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()


def test_a_document_larger_than_a_look_is_not_vouched_for() -> None:
    head, script = b"%PDF-1.4\n", b"<</S/JavaScript>>"
    near, far = noise(300_000) + script, bytes(65 * 2**20) + script
    assert codes("a.pdf", head + near) == {"pdf_script"}
    assert codes("a.pdf", head + far) == {"not_looked_into"}


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
