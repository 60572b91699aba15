# SPDX-License-Identifier: GPL-2.0-or-later
"""A file system that is really full, with everything on it that the bridge writes. As root, who may mount one; a limit
on the size of files, which anybody may set, is tried in test_outbox.py."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess

import pytest
from bridging import Bridge, toml
from support.broker import Mosquitto, Subscriber, free_port, wait_until
from support.simulated_radio import SimulatedRadio
from test_metrics import read
from test_troubles import SOURCE, numbered, numbers

COUNT = 600


@pytest.fixture(name="small")
def small_disk(tmp_path):
    """The folder where a tmpfs of 8 MiB will be, and the command that mounts it for what it runs. Nobody else sees it
    there, and it is gone with the last process."""
    command = ["unshare", "--mount", "sh", "-c",
               'mount -t tmpfs -o size=8m,mode=700 tmpfs "$0" && exec "$@"', str(tmp_path)]
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=60, check=False)
    if tried.returncode != 0:
        assert not os.environ.get("CI"), f"cannot mount: {tried.stderr}"
        pytest.skip(f"needs root, to mount a file system: {tried.stderr.strip()}")
    return tmp_path, command


def fill(folder):
    """Takes all that is left; returns the file to remove."""
    ballast = folder / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def test_everything_on_a_full_disk(small):
    """One broker works, one is frozen: the first gets all at once, the second what its bounds left of it; what was
    dropped is counted exactly, told once, and all files go on when there is room again."""
    folder, mounted = small
    page, got = free_port(), []
    with Mosquitto() as good, Mosquitto() as frozen, \
            Subscriber(good.port) as subscriber, SimulatedRadio(numbered(COUNT), interval=0.03, wait=7) as radio:
        config = toml(good.port, "good", extra="qos = 1", source=SOURCE.format(radio.tcp()))
        config += f'[[broker]]\nname = "frozen"\nenabled = true\nserver = "127.0.0.1"\nport = {frozen.port}\nqos = 1\n'
        config += f'[spool]\npath = "{folder}"\nreplay_rate = 0\nmemory_messages = 150\n'
        config += f'[output]\nfile = "{folder}/packets.jsonl"\n'
        config += f'[metrics]\nlisten = "127.0.0.1:{page}"\ntextfile = "{folder}/bridge.prom"\n'
        with Bridge(config, prefix=mounted) as bridge:
            inside = pathlib.Path(f"/proc/{bridge.process.pid}/root{folder}")
            subscriber.wait_for(lambda all_: len(numbers(all_)) >= 30)
            os.kill(frozen.process.pid, signal.SIGSTOP)
            try:
                ballast = fill(inside)
                subscriber.wait_for(lambda all_: len(numbers(all_)) >= COUNT - 150)
                ballast.unlink()
                assert radio.done.wait(60)
                subscriber.wait_for(lambda all_: len(numbers(all_)) >= COUNT)
            finally:
                os.kill(frozen.process.pid, signal.SIGCONT)
            # What it was sent before it froze may still come; so listen after that, and count what is told.
            wait_until(lambda: read(page)['waiting{broker="frozen"}'] == 0, what="the second broker")
            metrics = read(page)
            lines = (inside / "packets.jsonl").read_text(encoding="utf-8").splitlines()
            assert "frames_total" in (inside / "bridge.prom").read_text(encoding="utf-8")
            assert bridge.stop() == 0
    assert numbers(subscriber.messages) == list(range(COUNT))
    assert metrics['dropped_total{broker="good"}'] == 0
    dropped = metrics['dropped_total{broker="frozen"}']
    assert dropped > 0
    assert metrics['delivered_total{broker="frozen"}'] == COUNT - dropped
    assert f"{dropped} messages dropped" in bridge.log()
    for words in ("broker frozen: cannot write to its outbox", "cannot write to " + str(folder / "packets.jsonl")):
        assert 1 <= bridge.log().count(words) <= 5, words
    packets = [json.loads(line) for line in lines]  # every line is a whole one
    assert int(packets[-1]["raw"][-4:], 16) == COUNT - 1
    assert len(packets) < COUNT
