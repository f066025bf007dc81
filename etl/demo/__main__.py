"""`python -m etl.demo FOLDER [--small]`: makes the demonstration province in a data folder."""

import argparse
import time
from pathlib import Path

from etl.demo.province import make, small

if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m etl.demo", description="Make the demonstration province.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--small", action="store_true", help="five communes, four months")
    given = asked.parse_args()
    began = time.monotonic()
    version = (
        small(given.folder)
        if given.small
        else make(given.folder, report=lambda *step: print(*step, f"{time.monotonic() - began:.0f} s"))
    )
    print(version, f"{time.monotonic() - began:.0f} s")
