"""Runs a command; then writes its peak memory in KiB and its processor seconds to the first argument's file.

Ended by the kernel after 60 processor seconds. Usage: measured.py FILE COMMAND...
"""
import resource
import subprocess
import sys


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


done = subprocess.run(sys.argv[2:], preexec_fn=limit)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=file)
sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
