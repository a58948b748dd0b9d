#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every element is described, and the pipeline of its documentation runs as printed: where it needs a device, on the
stand-in."""
import glob
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import stack  # noqa: E402
import stand_ins  # noqa: E402
import tap  # noqa: E402

source = sys.argv[1]
block = re.compile(r"SECTION:element-(\w+)(.*?)\*/", re.S)
example = re.compile(r"\|\[(.*?)\]\|", re.S)

registered = re.findall(r"^GST_ELEMENT_REGISTER_DECLARE \((\w+)\)", open(os.path.join(source, "elements", "plugin.c")).read(), re.M)
documented = {}
for path in glob.glob(os.path.join(source, "elements", "*", "gstvoxel*.c")):
    for name, text in block.findall(open(path).read()):
        text = re.sub(r"\n \*", "\n", text)
        documented[name] = [html.unescape(e).strip().replace("\\\n", " ") for e in example.findall(text)]

template = tempfile.TemporaryDirectory()
stack.make_all(template.name)
for name in registered:
    shown = subprocess.run(["gst-inspect-1.0", name], stdout=subprocess.PIPE, text=True)
    fields = all(re.search(rf"^  {field} +\S", shown.stdout, re.M)
                 for field in ("Long-name", "Klass", "Description", "Author"))
    tap.check(f"{name} is inspected", shown.returncode == 0 and fields, shown.stdout)
    tap.check(f"{name} has a documentation block with a pipeline", bool(documented.get(name)))
    for line in documented.get(name, []):
        env = stand_ins.environment(line)
        if env is None:
            tap.skip(f"{name}: {' '.join(line.split())}", stand_ins.WHY)
            continue
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(template.name, folder, dirs_exist_ok=True)
            run = subprocess.run(line, shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, timeout=240, env=env)
            tap.check(f"{name}: {' '.join(line.split())}", run.returncode == 0 and "WARNING" not in run.stdout, run.stdout)
tap.done()
