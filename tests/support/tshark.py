# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with our plugin and extcap, as an unprivileged user with a home of its own.

tshark as root loads no plugin that is not installed system-wide, and a home with the user's own
preferences would change what a test sees.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

BUILD = pathlib.Path(os.environ["MESHCORE_BUILD_DIR"])
NOBODY = 65534


def wireshark_series():
    """The minor series that names the plugin folder, e.g. 4.0."""
    first_line = subprocess.run(["tshark", "--version"], capture_output=True, text=True).stdout
    return ".".join(first_line.split("(Wireshark) ")[1].split()[0].split(".")[:2])


class Tshark:
    """Private copies of plugin and extcap in a folder that anybody can read."""

    def __init__(self, plugin=True, extcap=True):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="meshcore-tshark-", dir="/tmp"))
        plugins = self.home / "plugins" / wireshark_series() / "epan"
        plugins.mkdir(parents=True)
        extcaps = self.home / "extcap"
        extcaps.mkdir()
        if plugin:
            shutil.copy(BUILD / "lib" / "meshcore.so", plugins)
        if extcap and (BUILD / "bin" / "meshcoredump").exists():
            shutil.copy(BUILD / "bin" / "meshcoredump", extcaps)
        self.environment = dict(
            os.environ,
            HOME=str(self.home),
            WIRESHARK_PLUGIN_DIR=str(self.home / "plugins"),
            WIRESHARK_EXTCAP_DIR=str(extcaps),
            WIRESHARK_ABORT_ON_DISSECTOR_BUG="1",
            LC_ALL="C.UTF-8",
            TZ="UTC",
        )
        self.environment.pop("XDG_CONFIG_HOME", None)
        if os.environ.get("MESHCORE_SANITIZE"):
            # The plugin is sanitized, tshark is not: the runtime has to be there first. Wireshark's own
            # allocator would hide overruns, and its leaks are not ours.
            runtime = subprocess.run(["g++", "-print-file-name=libasan.so"], capture_output=True, text=True)
            self.environment.update(LD_PRELOAD=runtime.stdout.strip(), ASAN_OPTIONS="detect_leaks=0",
                                    WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")
        for path in [self.home, *self.home.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or "extcap" in str(path) else 0o644)
            if os.getuid() == 0:
                os.chown(path, NOBODY, NOBODY)

    def share(self, path, mode=0o644):
        """A copy of a file that the unprivileged tshark owns."""
        copy = self.home / pathlib.Path(path).name
        shutil.copy(path, copy)
        copy.chmod(mode)
        if os.getuid() == 0:
            os.chown(copy, NOBODY, NOBODY)
        return copy

    def command(self, *arguments, program="tshark"):
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return (drop if os.getuid() == 0 else []) + [program, *map(str, arguments)]

    def run(self, *arguments, program="tshark", timeout=120, check=True, **options):
        environment = dict(self.environment)
        if program != "tshark":  # loads nothing of ours
            environment.pop("LD_PRELOAD", None)
        done = subprocess.run(self.command(*arguments, program=program), env=environment, cwd=self.home,
                              timeout=timeout, capture_output=True, text=True, **options)
        if check:
            assert done.returncode == 0, f"{program} {arguments}: {done.returncode}\n{done.stderr}"
        return done

    def popen(self, *arguments, **options):
        return subprocess.Popen(self.command(*arguments), env=self.environment, cwd=self.home, **options)

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)
