#!/bin/sh
# Draws the pictures that Home Assistant shows of the integration, from the panel's mark and logo.svg; needed only when those change.
set -eu
cd "$(dirname "$0")/../.."
target=custom_components/odin/brand
draw() { # width, height, target; the SVG comes on standard input
  page=$(mktemp --suffix .html)
  printf '<style>*{margin:0}svg{display:block;width:%spx;height:%spx}</style>' "$1" "$2" > "$page"
  cat >> "$page"
  "${CHROMIUM:-chromium}" --headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run \
    --hide-scrollbars --default-background-color=00000000 --window-size="$1,$2" --screenshot="$PWD/$target/$3" "file://$page" 2> /dev/null
  rm "$page"
}
dark() { sed 's/#006b91/#4cc2ea/g; s/#1c2b33/#ffffff/g' frontend_panel/art/logo.svg; }
draw 256 256 icon.png < frontend_panel/public/favicon.svg
draw 512 512 icon@2x.png < frontend_panel/public/favicon.svg
draw 486 128 logo.png < frontend_panel/art/logo.svg
draw 972 256 logo@2x.png < frontend_panel/art/logo.svg
dark | draw 486 128 dark_logo.png
dark | draw 972 256 dark_logo@2x.png
