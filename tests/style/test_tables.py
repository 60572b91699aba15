# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables are complete: what is declared is used, what is used is declared once."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sources(*folders):
    return {path: path.read_text(encoding="utf-8") for folder in folders
            for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".cpp", ".h")}


def test_every_field_of_the_catalogue_is_read_somewhere():
    rows = []
    for path in (ROOT / "dissector/core").glob("catalogue_*.h"):
        rows += re.findall(r'"(meshcore(?:_radio)?\.[a-z0-9_.]+)"', path.read_text(encoding="utf-8"))
    assert len(rows) > 100
    everything = "".join(sources("dissector", "extcap", "bridge").values())
    assert [name for name in rows if f'"{name}"_f' not in everything] == []


def test_every_note_is_given_somewhere():
    header = re.sub("//[^\n]*", "", (ROOT / "dissector/core/notes.h").read_text(encoding="utf-8"))
    notes = re.search(r"enum class Note[^{]*{(.*?)}", header, re.S).group(1)
    names = [name for name in re.findall(r"^\s*(\w+),", notes, re.M) if name != "count"]
    assert len(names) > 10
    users = "".join(text for path, text in sources("dissector").items() if path.name not in ("notes.cpp", "notes.h"))
    assert [name for name in names if f"Note::{name}" not in users] == []


def test_every_source_of_core_is_built():
    listed = (ROOT / "dissector/CMakeLists.txt").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "dissector/core").glob("*.cpp") if f"core/{path.name}" not in listed] == []
