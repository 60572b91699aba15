# SPDX-License-Identifier: GPL-2.0-or-later
"""What every source file has: our format, and its licence at the top."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["dissector", "extcap", "bridge", "tests", "cmake", "test-captures", "docs", ".ci"]
SOURCES = {".cpp", ".h", ".py", ".cmake", ".sh", ".service"}


def files():
    yield from (ROOT / name for name in ("dev", "CMakeLists.txt", ".ci/run"))
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SOURCES or path.name == "CMakeLists.txt":
                yield path


def test_formatted():
    sources = [path for path in files() if path.suffix in (".cpp", ".h")]
    assert len(sources) > 20
    done = subprocess.run(["clang-format-14", "--dry-run", "--ferror-limit=20", "-Werror", *sources],
                          cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"./dev format mends this:\n{done.stderr}"


def test_licence_of_each_file():
    def licence(path):
        return next((line for line in path.read_text(encoding="utf-8").splitlines()[:2] if "SPDX" in line), "")

    without = [str(path.relative_to(ROOT)) for path in files()
               if not licence(path).endswith("SPDX-License-Identifier: GPL-2.0-or-later")]
    assert not without, f"no SPDX line at the top of {without}"
