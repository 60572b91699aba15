# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed is in the places where Wireshark, systemd and man look, and works there."""
import os
import pathlib
import re
import subprocess
import tempfile

from support.tshark import BUILD, Tshark


def test_what_is_installed():
    with tempfile.TemporaryDirectory(prefix="meshcore-install-", dir="/tmp") as stage:
        subprocess.run(["cmake", "--install", BUILD], env=dict(os.environ, DESTDIR=stage, LC_ALL="C"), check=True,
                       capture_output=True, timeout=300)
        files = {"/" + str(path.relative_to(stage)): path for path in pathlib.Path(stage).rglob("*") if path.is_file()}
        for folder in [pathlib.Path(stage), *pathlib.Path(stage).rglob("*")]:
            folder.chmod(folder.stat().st_mode | (0o755 if folder.is_dir() else 0o444))

        def place(pattern):
            found = [path for path in files if re.fullmatch(pattern, path)]
            assert len(found) == 1, (pattern, sorted(files))
            return found[0]

        plugin = files[place(r".*/wireshark/plugins/[\d.]+/epan/meshcore\.so")]
        extcap = files[place(r".*/wireshark/extcap/meshcoredump")]
        tshark = Tshark(plugin=False, extcap=False)
        try:
            tshark.environment.update(WIRESHARK_PLUGIN_DIR=str(plugin.parents[2]), WIRESHARK_EXTCAP_DIR=str(extcap.parent))
            assert re.search(r"meshcore\.so\s.*dissector", tshark.run("-G", "plugins").stdout)
            assert "meshcore-serial" in tshark.run("-D").stdout
        finally:
            tshark.close()

        unit = files[place(r".*/lib/systemd/system/meshcore-bridge\.service")].read_text(encoding="utf-8")
        program = re.search(r"^ExecStart=(\S+)", unit, re.MULTILINE)[1]
        for path in (program, place(r".*/bin/meshcoredump"), place(r".*/bin/meshcore-decode")):
            assert subprocess.run([files[path], "--version"], capture_output=True, timeout=60, check=True).stdout
        for page in (r".*/man/man1/meshcore-bridge\.1", r".*/man/man1/meshcoredump\.1"):
            assert files[place(page)].read_text(encoding="utf-8").startswith((".TH", ".\\\""))
        presets = [path for path in files if re.fullmatch(r".*/share/meshcore-bridge/presets/.*\.toml", path)]
        assert len(presets) > 10
