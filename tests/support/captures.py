# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures of test-captures/ and what meshcore-decode says of them."""
import functools
import json
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ["MESHCORE_BUILD_DIR"])
CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "test-captures"
SCENARIOS = sorted(path.stem for path in CAPTURES.glob("*.pcapng"))


def decode(scenario):
    """The JSON lines of meshcore-decode, as text."""
    capture = CAPTURES / f"{scenario}.pcapng"
    keys = CAPTURES / f"{scenario}.keys.toml"
    done = subprocess.run([BUILD / "bin" / "meshcore-decode", "--format", "json", "--keys", keys, capture],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"meshcore-decode {capture.name}: exit {done.returncode}\n{done.stderr}"
    return done.stdout


@functools.cache
def frames(scenario):
    """One object a frame; device reports are left out."""
    rows = [json.loads(line) for line in decode(scenario).splitlines()]
    return [row for row in rows if "meshcore.raw" in row]


def source_rows(name):
    with open(CAPTURES / "sources" / f"{name}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
