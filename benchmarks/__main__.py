"""Every bar: python -m benchmarks"""

import subprocess
import sys

# Each in a process of its own: one bar's memory and imports are not another's.
BARS = (
    "benchmarks.england",
    "benchmarks.workspace",
    "benchmarks.drag",
    "benchmarks.weights",
    "benchmarks.rasters",
    "benchmarks.records",
    "benchmarks.map_redraw",
    "benchmarks.tables",
    "benchmarks.standardised",
    "benchmarks.life_tables",
    "benchmarks.access",
    "benchmarks.siting",
)

if __name__ == "__main__":
    missed = [name for name in BARS if subprocess.run([sys.executable, "-m", name], check=False).returncode]
    sys.exit(1 if missed else 0)
