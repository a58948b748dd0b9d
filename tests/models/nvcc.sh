#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every CUDA kernel given as an argument, compiled for all major architectures; says so where there is no nvcc.
# Usage: nvcc.sh ROOT FILE.cu...
set -u
root=$1
shift
echo "1..$#"
nvcc=${NVCC:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
known=$("$nvcc" --list-gpu-code 2>/dev/null)
targets=""
for arch in 80 86 89 90 100 120; do
  if grep -qx "sm_$arch" <<<"$known"; then
    targets="$targets -gencode arch=compute_$arch,code=sm_$arch"
  elif [ -n "$known" ]; then
    echo "# $nvcc does not know sm_$arch"
  fi
done
number=0
for file in "$@"; do
  number=$((number + 1))
  name=$(basename "$file")
  if [ -z "$targets" ]; then
    echo "ok $number - $name # SKIP no nvcc: $nvcc is not there or does not run; NVCC names another"
  # shellcheck disable=SC2086 -- the list is meant to be split
  elif message=$("$nvcc" -Werror all-warnings -I"$root" $targets -c -o /dev/null "$file" 2>&1); then
    echo "ok $number - $name for$(sed 's/-gencode arch=[^,]*,code=//g' <<<"$targets")"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' <<<"$message"
  fi
done
