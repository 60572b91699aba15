# SPDX-License-Identifier: GPL-2.0-or-later
import pages
import pytest


@pytest.mark.parametrize("path,content", pages.pages(), ids=lambda value: getattr(value, "name", ""))
def test_generated_pages_are_fresh(path, content):
    assert path.read_text(encoding="utf-8") == content, "./dev docs renews it"
