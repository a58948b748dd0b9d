#!/usr/bin/env bash
# What `meson install` puts into a prefix works on its own: plugin, command, CUDA module, library with pkg-config.
#   tests/install.sh BUILD
set -eu
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
DESTDIR="$prefix" meson install -C "$1" --no-rebuild --quiet
root=$prefix$(meson introspect "$1" --buildoptions | python3 -c \
  'import json, sys; print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
libdir=$(dirname "$(find "$root" -name 'libgstvoxel-1.0.so')")
export LD_LIBRARY_PATH=$libdir GST_REGISTRY=$prefix/registry.bin GST_PLUGIN_PATH=$libdir/gstreamer-1.0
export PKG_CONFIG_PATH=$libdir/pkgconfig
sed -i "s|^prefix=.*|prefix=$root|" "$libdir/pkgconfig/gstvoxel-1.0.pc"

gst-inspect-1.0 voxelsrc >/dev/null
"$root/bin/voxel" --version
if [ -e "$libdir/gst-voxel/libvoxelcuda.so" ]; then
  said=$("$root/bin/voxel" model info --backend cuda "$(dirname "$0")/../models/weights/demo.safetensors" 2>&1) || true
  case $said in *"not installed"* | *"another version"*) echo "$said"; exit 1 ;; esac
fi
cat >"$prefix/use.c" <<'C'
#include <gst/voxel/voxel.h>
int
main (int argc, char **argv)
{
  g_autoptr (GstVoxelVolume) volume = NULL;

  gst_init (&argc, &argv);
  volume = gst_voxel_volume_new ("scan", 4, 5, 6, 16);
  return gst_buffer_get_voxel_slice_meta (gst_buffer_new ()) != NULL || volume->shape[2] != 6;
}
C
# shellcheck disable=SC2046 -- flags are meant to be split
cc "$prefix/use.c" -o "$prefix/use" $(pkg-config --cflags --libs gstvoxel-1.0)
"$prefix/use"
