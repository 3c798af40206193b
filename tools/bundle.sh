#!/bin/sh
# Build the one-folder program, then start it offscreen with no network: it opens the demonstration county, makes one
# pack and checks its own window.
set -eu
if [ "$(uname -s)" = Linux ] && ! command -v objdump >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null
fi
.venv/bin/pyinstaller --noconfirm --log-level ERROR --distpath dist --workpath build/work build/pyinstaller.spec
du -sh dist/jsna-desktop | sed 's/^/bundle: /'
alone() { if [ "$(uname -s)" = Linux ] && [ "$(id -u)" -eq 0 ]; then unshare -n "$@"; else "$@"; fi; }
rm -rf dist/check
QT_QPA_PLATFORM=offscreen alone dist/jsna-desktop/jsna-desktop selfcheck dist/check
