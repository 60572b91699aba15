# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures are what their sources make, and meshcore-decode prints what was once looked at."""
import json
import subprocess
import sys

import pytest
from support.captures import CAPTURES, SCENARIOS, decode


def test_captures_are_made_from_their_sources():
    done = subprocess.run([sys.executable, CAPTURES / "convert.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_capture_has_its_keys_json_and_origin():
    origin = (CAPTURES / "ORIGIN.md").read_text(encoding="utf-8")
    assert len(SCENARIOS) >= 10
    for scenario in SCENARIOS:
        assert (CAPTURES / f"{scenario}.keys.toml").exists(), scenario
        assert (CAPTURES / f"{scenario}.json").exists(), f"{scenario}: ./dev golden"
        assert f"`{scenario}`" in origin, f"{scenario} is missing in ORIGIN.md"


def test_every_source_is_converted():
    names = [path.name for path in (CAPTURES / "sources").glob("*.jsonl") if not path.name.endswith(".heard.jsonl")]
    for name in names:
        assert name.removesuffix(".jsonl") in SCENARIOS


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_decoded_as_expected(scenario):
    wanted = (CAPTURES / f"{scenario}.json").read_text(encoding="utf-8").splitlines()
    got = decode(scenario).splitlines()
    differences = []
    for number, (want, have) in enumerate(zip(wanted, got), 1):
        if want != have:
            want, have = json.loads(want), json.loads(have)
            keys = [key for key in {**want, **have} if want.get(key) != have.get(key)] or ["order of the keys"]
            differences.append(f"frame {number}: " + "; ".join(f"{k}: {want.get(k)} -> {have.get(k)}" for k in keys))
    assert not differences, (f"{len(differences)} frames differ (wanted: ./dev golden, then look at the diff)\n"
                             + "\n".join(differences[:20]))
    assert len(got) == len(wanted)
