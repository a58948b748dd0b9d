#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# That nothing which is built needs a CUDA library, or a driver's, to be loaded. Usage: needed.sh FILE...
set -u
number=0
echo "1..$#"
for file in "$@"; do
  number=$((number + 1))
  if ! command -v readelf >/dev/null; then
    echo "ok $number - $(basename "$file") # SKIP there is no readelf"
  elif ! needed=$(readelf -dW "$file" | grep -F '(NEEDED)'); then
    echo "not ok $number - $(basename "$file"): readelf tells no libraries that it needs"
  elif grep -E 'lib(cu|nv)[a-zA-Z]*\.so' <<<"$needed"; then
    echo "not ok $number - $(basename "$file") needs what not everybody has"
  else
    echo "ok $number - $(basename "$file")"
  fi
done
