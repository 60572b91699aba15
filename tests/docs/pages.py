# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages of docs/ that are made from our tables: `./dev docs` writes them."""
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ["MESHCORE_BUILD_DIR"])
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- generated: items -->\n", "<!-- end of generated -->\n"


def table(name):
    return subprocess.run([BUILD / "bin" / "meshcore-decode", "--docs", name], check=True, capture_output=True,
                          text=True).stdout


def captures_page(name):
    return subprocess.run([BUILD / "bin" / "meshcoredump", "--docs", name], check=True, capture_output=True,
                          text=True).stdout


def between_marks(path, content):
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + content + END + rest.split(END)[1]


def pages():
    """(path, content) of each, as it should be."""
    yield DOCS / "fields.md", table("fields")
    yield DOCS / "notes.md", table("notes")
    yield DOCS / "config.md", subprocess.run([BUILD / "bin" / "meshcore-bridge", "--docs"], check=True,
                                             capture_output=True, text=True).stdout
    yield DOCS / "meshcore-bridge.1", subprocess.run([BUILD / "bin" / "meshcore-bridge", "--man"], check=True,
                                                     capture_output=True, text=True).stdout
    yield DOCS / "meshcoredump.1", captures_page("man")
    yield DOCS / "filters.md", between_marks(DOCS / "filters.md", captures_page("filters"))
    path = DOCS / "capture-format.md"
    yield path, between_marks(path, table("capture-items"))


if __name__ == "__main__":
    for page, content in pages():
        if not page.exists() or page.read_text(encoding="utf-8") != content:
            page.write_text(content, encoding="utf-8")
            print(f"{page.name} changed")
