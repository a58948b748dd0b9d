/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

void
fuzz_input_open (FuzzInput *input, const guint8 *data, gsize size)
{
  gsize done = 0;

  input->fd = memfd_create ("fuzz", MFD_CLOEXEC);
  if (input->fd < 0)
    g_error ("no file in memory");
  while (done < size) {
    gssize wrote = write (input->fd, data + done, size - done);

    if (wrote <= 0)
      g_error ("cannot write to memory");
    done += (gsize) wrote;
  }
  g_snprintf (input->path, sizeof input->path, "/proc/self/fd/%d", input->fd);
}

void
fuzz_input_close (FuzzInput *input)
{
  close (input->fd);
}
