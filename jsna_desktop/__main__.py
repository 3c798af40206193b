"""python -m jsna_desktop"""

import multiprocessing
import sys

from jsna_desktop.cli import main

if __name__ == "__main__":
    # The reader's child process of a bundled program starts here.
    multiprocessing.freeze_support()
    sys.exit(main())
