"""The word lists that ship with Anslagsvakt, as package data; a municipality adds its own folder beside them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

BUILT_IN = Path(str(files(__name__)))
