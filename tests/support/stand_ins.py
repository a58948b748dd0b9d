# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand-ins for a device, for pipelines that cannot do without one."""
import os
import re

WHY = "needs a device, and this build has no stand-in for one: CUDA's headers were not found"
_NEEDS = re.compile(r"\bvoxelsliceinfer\b|\bslicewise=")
_NAMES = {"VOXEL_CUDA_MODULE": "STAND_IN_CUDA_MODULE", "VOXEL_CUDNN_LIBRARY": "STAND_IN_CUDNN_LIBRARY"}


def environment(line):
    """What a pipeline is to be run in; nothing where it needs a device and there is none that stands in."""
    if not _NEEDS.search(line):
        return dict(os.environ)
    if any(name not in os.environ for name in _NAMES.values()):
        return None
    return dict(os.environ, **{name: os.environ[stand_in] for name, stand_in in _NAMES.items()})
