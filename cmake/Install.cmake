# SPDX-License-Identifier: GPL-2.0-or-later
# Where Wireshark looks for its parts; `./dev install` sets these for --user and --prefix.
cmake_path(GET WIRESHARK_PLUGINDIR PARENT_PATH wireshark_plugins)  # without the series, e.g. 4.0
cmake_path(GET wireshark_plugins PARENT_PATH wireshark_libraries)
set(MESHCORE_PLUGIN_DIR ${WIRESHARK_PLUGINDIR}/epan CACHE PATH "Wireshark's folder for dissector plugins")
set(MESHCORE_EXTCAP_DIR ${wireshark_libraries}/extcap CACHE PATH "Wireshark's folder for capture tools")
