# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures of test-captures/, each with its keys, as tshark and meshcore-decode read them."""
import json
import pathlib
import subprocess

from support.tshark import BUILD

CAPTURES = sorted((pathlib.Path(__file__).parents[2] / "test-captures").glob("*.pcapng"))


def capture(name):
    return next(path for path in CAPTURES if path.stem == name)


def key_file_of(path):
    return path.with_suffix(".keys.toml")


def with_keys(tshark, path):
    """The capture's shared copy, and the options that give tshark its keys."""
    arguments = [tshark.share(path)]
    if key_file_of(path).exists():
        arguments += ["-o", f"meshcore.key_file:{tshark.share(key_file_of(path), 0o600)}"]
    return arguments


def decoded(path):
    """What meshcore-decode says of each frame."""
    keys = ["--keys", key_file_of(path)] if key_file_of(path).exists() else []
    out = subprocess.run([BUILD / "bin" / "meshcore-decode", "--format", "json", *keys, path],
                         capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.split("\n") if line]
