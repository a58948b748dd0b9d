/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>

/* All functions that are looked up, of a version before those that are taken. */

#define EXPORT __attribute__ ((visibility ("default")))
#define FUNCTION(name, result) \
  EXPORT size_t name (void); \
  size_t name (void) \
  { \
    return result; \
  }

FUNCTION (cudnnGetVersion, 90501)
FUNCTION (cudnnGetErrorString, 0)
FUNCTION (cudnnGetLastErrorString, 0)
FUNCTION (cudnnBackendCreateDescriptor, 1)
FUNCTION (cudnnBackendDestroyDescriptor, 1)
FUNCTION (cudnnBackendSetAttribute, 1)
FUNCTION (cudnnBackendGetAttribute, 1)
FUNCTION (cudnnBackendFinalize, 1)
FUNCTION (cudnnCreate, 1)
FUNCTION (cudnnDestroy, 1)
FUNCTION (cudnnSetStream, 1)
FUNCTION (cudnnBackendExecute, 1)
