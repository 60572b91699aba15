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


def pages():
    """(path, content) of each, as it should be."""
    yield DOCS / "fields.md", table("fields")
    yield DOCS / "notes.md", table("notes")
    yield DOCS / "config.md", subprocess.run([BUILD / "bin" / "meshcore-bridge", "--docs"], check=True,
                                             capture_output=True, text=True).stdout
    path = DOCS / "capture-format.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    yield path, before + BEGIN + table("capture-items") + END + after


if __name__ == "__main__":
    for page, content in pages():
        if not page.exists() or page.read_text(encoding="utf-8") != content:
            page.write_text(content, encoding="utf-8")
            print(f"{page.name} changed")
