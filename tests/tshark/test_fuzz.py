# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged captures: no dissector bug, no Wireshark malformed item, no crash.

MESHCORE_FUZZ_ROUNDS=1000 makes it a long run; in a sanitizer build each round runs under it.
"""
import os

import pytest
from captures import CAPTURES, with_keys

ROUNDS = int(os.environ.get("MESHCORE_FUZZ_ROUNDS", "2"))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_damaged_captures(tshark, path):
    _, *keys = with_keys(tshark, path)
    damaged = tshark.home / "damaged.pcapng"
    for seed in range(ROUNDS):
        tshark.run("-E", "0.05", "--seed", seed, tshark.share(path), damaged, program="editcap")
        out = tshark.run("-r", damaged, *keys, "-V", "-2").stdout
        assert "Dissector bug" not in out and "Malformed Packet" not in out, f"seed {seed}"
        damaged.unlink()
