"""The page about the settings, `docs/settings.md`, made from `agents/settings.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from agents.settings import Process, Settings

_ROOT = Path(__file__).parent.parent
_ABOUT = """\
# Settings

Made from `agents/settings.py` by `make docs`; a test fails when it is stale.

Every process reads the same environment variables, once, when it starts. None has to be set. A wrong value ends the
process with exit code 2 and one line that names the variable and the remedy, never the value.

| variable | what it is | default |
|---|---|---|
"""
_TAIL = """
Which process shows its metrics where, unless `ANSLAGSVAKT_METRICS_PORT` says otherwise: {ports}.

For a broker with TLS and a password: `ANSLAGSVAKT_SECURITY_PROTOCOL=SASL_SSL`, `ANSLAGSVAKT_SASL_USERNAME`,
`ANSLAGSVAKT_SASL_PASSWORD_FILE` and, where the broker's certificate is your own authority's, `ANSLAGSVAKT_SSL_CAFILE`.
"""


def page() -> str:
    """The whole page in Markdown."""
    ports = ", ".join(f"{process} on {process.default_port}" for process in Process)
    return _ABOUT + "\n".join(_rows()) + "\n" + _TAIL.format(ports=ports)


def _rows() -> Iterator[str]:
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        told = "; ".join(filter(None, (field.description, _choices(field.annotation))))
        yield f"| `{prefix}{name.upper()}` | {told} | {_default(field)} |"


def _choices(annotation: Any) -> str:
    """The values to choose from, where they are few."""
    return "one of " + ", ".join(f"`{each}`" for each in get_args(annotation)) if _is_choice(annotation) else ""


def _is_choice(annotation: Any) -> bool:
    return get_origin(annotation) is Literal


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None:
        return ""
    if isinstance(value, Path) and value.is_relative_to(_ROOT):
        value = value.relative_to(_ROOT)
    return f"`{value}`"
