"""Runs the solving process: `python -m backend.dispatch.solver`."""

import sys

from backend.dispatch.solver import main

sys.exit(main())
