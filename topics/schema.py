"""The published JSON Schemas (draft 2020-12): which files there are, and what they say."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

PARTS = "parts.v1"
"""What several messages have in common; it describes no message by itself."""

Schema = dict[str, Any]


@cache
def schemas() -> dict[str, Schema]:
    """Every schema by name, such as `order.v1`, in the order of the names.

    References between them are relative to the folder (`parts.v1.json#/$defs/Subject`), so that editors follow them.
    """
    folder = resources.files("topics") / "schemas"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    return {f.name.removesuffix(".json"): json.loads(f.read_text(encoding="utf-8")) for f in files}
