#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The CUDA kernels, and what starts them, compiled for every major architecture; says so where there is no nvcc.
# Usage: nvcc.sh ROOT, with NVCC in the environment where it is not in the path or /usr/local/cuda.
set -u
root=$1
nvcc=${NVCC:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
known=$("$nvcc" --list-gpu-code 2>/dev/null)
number=0
echo "1..6"
for arch in sm_80 sm_86 sm_89 sm_90 sm_100 sm_120; do
  number=$((number + 1))
  if [ -z "$known" ]; then
    echo "ok $number - $arch # SKIP no CUDA compiler: $nvcc is not there or does not run"
  elif ! grep -qx "$arch" <<<"$known"; then
    echo "ok $number - $arch # SKIP $nvcc does not know it"
  elif message=$("$nvcc" -Werror all-warnings -I"$root" -arch="$arch" -x cu -c -o /dev/null \
                   "$root/models/cuda/kernels/bodies.c" 2>&1); then
    echo "ok $number - $arch"
  else
    echo "not ok $number - $arch"
    sed 's/^/# /' <<<"$message"
  fi
done
