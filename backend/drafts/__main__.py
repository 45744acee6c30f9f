"""Runs the solving process: `python -m backend.drafts`."""

import sys

from backend.drafts.solver import main

sys.exit(main())
