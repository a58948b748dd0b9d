# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test anything protocol, as far as these tests need it."""
import sys

_count = _failed = 0


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def skip(name, why):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {why}", flush=True)


def check(name, passed, detail=""):
    global _count, _failed
    _count += 1
    for line in str(detail).splitlines() if not passed else []:
        print(f"# {line}")
    _failed += not passed
    print(f"{'ok' if passed else 'not ok'} {_count} - {name}", flush=True)


def done():
    print(f"1..{_count}")
    sys.exit(_failed > 0)
