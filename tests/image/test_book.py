"""image/ reads like a book: what its pages name is there, and every silenced unit says why."""

import re
import xml.etree.ElementTree as ET

import pytest

from image import HERE, tree

README = (HERE / "README.md").read_text()


def test_every_file_that_the_readme_names_in_its_table_of_folders_is_there_and_none_is_left_out() -> None:
    rows = re.findall(r"(?m)^\| (`[^|]+`) \| ", README.partition("| folder | what |")[2].partition("## ")[0])
    named = {name.rstrip("/") for row in rows for name in row.strip("`").split()}
    assert all((HERE / name).exists() for name in named)
    text = README + (HERE / "imager.md").read_text()
    modules = [path.name for path in HERE.glob("*.py") if path.name != "__init__.py"]
    assert [name for name in modules if name not in text] == []


def test_a_silenced_unit_stands_once_and_says_why() -> None:
    lines = (HERE / "units.mask").read_text().splitlines()
    rows = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 2 for row in rows)
    names = [row[0] for row in rows]
    assert names == list(tree.masked())
    assert len(set(names)) == len(names)
    assert {"rpi-resize.service", "ssh.service", "getty@tty1.service", "systemd-growfs-root.service"} < set(
        names
    )
    assert all(name.endswith((".service", ".socket", ".timer")) for name in names)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_about_imager_has_its_picture_in_both_languages(language: str) -> None:
    page = (HERE / "imager.md").read_text()
    [words] = re.findall(rf"!\[([^\]]+)\]\(imager-{language}\.svg\)", page)
    assert len(words) > 80
    picture = ET.parse(HERE / f"imager-{language}.svg").getroot()
    assert len(picture.get("aria-label", "")) > 80
    groups = [part for part in picture if part.tag.endswith("}g")]
    assert len(groups) == 6
    other = ET.parse(HERE / f"imager-{'en' if language == 'es' else 'es'}.svg").getroot()
    assert [len(list(part.iter())) for part in picture] == [len(list(part.iter())) for part in other]
