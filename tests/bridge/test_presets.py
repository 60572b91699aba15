# SPDX-License-Identifier: GPL-2.0-or-later
"""The configurations for public brokers that come along: read together with somebody's own file."""
import subprocess

import pytest
from bridging import ROOT
from support.broker import bridge_program

PRESETS = sorted((ROOT / "bridge/presets").glob("*.toml"))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_each_key_is_known(preset, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('[general]\niata = "SEA"\n', encoding="utf-8")
    answer = subprocess.run([bridge_program(), "--config", preset, "--config", mine, "--check"], timeout=60,
                            capture_output=True, text=True, check=False)
    assert "unknown key" not in answer.stderr and "expected" not in answer.stderr
    assert answer.stdout.count('broker "') == preset.read_text(encoding="utf-8").count("[[broker]]")


def test_there_are_some():
    assert "letsmesh.toml" in {path.name for path in PRESETS}
