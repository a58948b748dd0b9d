# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/bench networks --operators: convolutions alone (conv-time) beside what the processor's multipliers can do."""
import json
import subprocess

import harness


def measure(args):
    rows = []
    for precision in args.precision:
        run = subprocess.run([harness.program(args, "conv-time"), "--json", "--precision", precision, "--threads",
                              str(args.threads), *args.operators], stdout=subprocess.PIPE, text=True, check=True)
        print(f"\n{precision:40}{'ms':>9}{'GFLOP/s':>10}{'peak':>9}{'of it':>8}{'ms to copy':>12}")
        for line in run.stdout.splitlines():
            row = dict(json.loads(line), precision=precision)
            row["share"] = row["gflops"] / row["peak_gflops"]
            rows.append(row)
            print(f"{row['name']:40}{row['ms']:9.3f}{row['gflops']:10.1f}{row['peak_gflops']:9.1f}{row['share']:8.1%}"
                  f"{row['copy_ms']:12.3f}  {row['implementation']}")
    return {"rows": rows}
