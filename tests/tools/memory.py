#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""memory.py SUPPORT BUILD TOOLS: a process under a memory limit stays small, and finds the same mask.

tools/bench-scale.py measures; its defaults are the long form.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
import tap

build, tools = sys.argv[2:4]
LIMIT = 9 << 20


def held_bytes(row):
    return row["voxels"] * 9 // 4               # 16 bits, and two for votes


def scale(*words):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.json")
        run = subprocess.run([sys.executable, os.path.join(tools, "bench-scale.py"), "--build", build, "--folder", folder,
                              "--json", path, "--compare", *words],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print("\n".join("# " + line for line in run.stdout.splitlines()), flush=True)
        if not os.path.exists(path):
            return [], run.stdout
        with open(path) as f:
            return json.load(f)["rows"], run.stdout


rows, output = scale("--sides", "192,288", "--memory-limit", str(LIMIT))
tap.check("two cubes went through", len(rows) == 2, output)
for row in rows:
    name, held = f"{row['side']} cubed", held_bytes(row)
    tap.check(f"{name}: the same mask as without a limit", row["same"])
    tap.check(f"{name}: what is beyond the limit is in the file", held - LIMIT <= row["scratch_bytes"] <= held * 1.5,
              row["scratch_bytes"])
    spared = row["peak_bytes_in_memory"] - row["peak_bytes"]
    tap.check(f"{name}: and not in memory", spared > (held - LIMIT) / 2, spared)
if len(rows) == 2:
    grown = rows[1]["peak_bytes"] - rows[0]["peak_bytes"]
    tap.check("three times as many voxels take no more memory", grown < (held_bytes(rows[1]) - held_bytes(rows[0])) / 2,
              grown)
tap.done()
