#!/bin/sh
# The few system libraries that Qt needs on Linux, installed by apt only where they are missing.
set -eu
[ "$(uname -s)" = Linux ] || exit 0
qt=$(.venv/bin/python -c 'import importlib.util as u, pathlib; print(pathlib.Path(u.find_spec("PySide6").origin).parent / "Qt")')
missing() {
    for library in "$qt"/lib/libQt6Gui.so.6 "$qt"/lib/libQt6Widgets.so.6 "$qt"/lib/libQt6Svg.so.6 \
        "$qt"/plugins/platforms/libqoffscreen.so "$qt"/plugins/platforms/libqxcb.so; do
        ldd "$library" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p'
    done | sort -u
}
lacking=$(missing)
[ -n "$lacking" ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "Qt needs these system libraries; install them with your package manager:" $lacking >&2
    exit 1
fi
echo "Installing the system libraries that Qt needs"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends \
    libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 \
    libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
    libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 >/dev/null
lacking=$(missing)
[ -z "$lacking" ] || { echo "Qt still lacks:" $lacking >&2; exit 1; }
