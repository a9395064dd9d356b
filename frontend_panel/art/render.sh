#!/bin/sh
# Draws the panel's PNG icons from their SVG with a headless Chromium; needed only when the mark changes.
set -eu
cd "$(dirname "$0")/.."
draw() { # source, pixels, target
  page=$(mktemp --suffix .html)
  printf '<style>*{margin:0}svg{display:block;width:%spx;height:%spx}</style>' "$2" "$2" > "$page"
  cat "$1" >> "$page"
  "${CHROMIUM:-chromium}" --headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run \
    --hide-scrollbars --default-background-color=00000000 --window-size="$2,$2" --screenshot="$PWD/$3" "file://$page" 2> /dev/null
  rm "$page"
}
draw public/favicon.svg 192 public/icon-192.png
draw public/favicon.svg 512 public/icon-512.png
draw art/maskable.svg 512 public/icon-maskable-512.png
draw art/maskable.svg 180 public/apple-touch-icon.png
