#!/bin/sh
# Open the window on the demonstration county, or, where there is no display, make its packs and say where they are.
set -eu
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here, so the demonstration county's packs are made instead of opening the window."
    exec .venv/bin/jsna-desktop pack "$1" --out demo/packs
fi
exec .venv/bin/jsna-desktop "$1"
