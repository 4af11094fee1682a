"""Runs one command and tells what it took, as JSON. A process of its own, as Linux counts the memory of the process
that starts a command as the command's: this one is small.

`python launcher.py OUTPUT COMMAND…`; seconds, cpu in seconds of processor time, memory in MB of the largest process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def main() -> None:
    with open(sys.argv[1], "wb") as stream:  # noqa: PTH123 - pathlib would be most of the memory
        started = time.perf_counter()
        process = subprocess.Popen(sys.argv[2:], stdout=stream, stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    figures = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,
        "status": process.returncode,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
