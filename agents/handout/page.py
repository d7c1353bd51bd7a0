"""The readable page of a hand-out: one HTML file in Swedish that needs nothing else, no script and no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from agents.handout.history import Item, Version

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
CHANGES = {
    "created": "Publicerad",
    "edited": "Ändrad",
    "deleted": "Raderad av avsändaren",
    "hidden": "Dold",
    "unhidden": "Åter synlig",
    "reported": "Anmäld",
    "restored": "Återställd",
    "snapshot": "Ögonblicksbild",
    "unreadable": "Kunde inte tolkas",
}
KINDS = {
    "post": "Inlägg",
    "comment": "Kommentar",
    "reply": "Svar",
    "message": "Meddelande",
    "review": "Omdöme",
    "story": "Händelse",
    "mention": "Omnämnande",
    "media": "Bild eller film",
}
_FIELDS = {
    "text": "Text",
    "title": "Rubrik",
    "author": "Avsändare",
    "media": "Bild eller film",
    "urls": "Länk",
    "links": "Länk",
    "hashtags": "Etikett",
}
STYLE = """
:root { color-scheme: light dark; --line: #767676; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem; margin: 1.5rem 0; }
article.reply { margin-left: 2rem; }
section { border-top: 1px solid var(--line); }
article > h2 + section { border-top: 0; }
blockquote { margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; } h3 { font-size: 1rem; }
small, code { overflow-wrap: anywhere; }
@media print { article { break-inside: avoid; } }
"""


COVERED = "Uppgifter som kan vara sekretessbelagda är maskerade: [TYP] står där något är övertäckt."


def page(items: Iterable[Item], *, made_at: datetime, told: str = COVERED) -> str:
    """The page; `told` says what of it is covered."""
    body = "".join(_article(item) for item in items)
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Handlingar från sociala medier</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>Handlingar från sociala medier</h1>\n<p>Framtagen {when(made_at)}. {escape(told)}</p></header>\n"
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _article(item: Item) -> str:
    kind = KINDS.get(item.kind, "Handling")
    whose = "av kommunen" if item.is_own else "av besökare"
    where = (
        f"{kind} {whose} på {item.platform}, kontot {item.account}" if item.platform else "Handling som inte kan tolkas"
    )
    sections = "".join(_section(version) for version in item.versions)
    shape = ' class="reply"' if item.parent else ""
    return (
        f"<article{shape}>\n<h2>{escape(where)}</h2>\n<p><small>{escape(item.item)}</small></p>\n{sections}</article>\n"
    )


def _section(version: Version) -> str:
    change = CHANGES.get(version.change, version.change)
    happened = f" {when(version.time)}" if version.time else ""
    texts = "".join(
        f"<p><small>{_label(pointer)}</small></p><blockquote>{escape(text)}</blockquote>\n"
        for pointer, text in version.texts.items()
    )
    kept = f"Arkiverad {when(version.archived_at)}, SHA-256 <code>{version.sha256}</code>"
    return f"<section>\n<h3>{escape(change)}{happened}</h3>\n{texts}<p><small>{kept}</small></p>\n</section>\n"


def _label(pointer: str) -> str:
    return _FIELDS.get(pointer.split("/")[1], "Uppgift")


def when(at: datetime) -> str:
    """A moment as people here read it."""
    local = at.astimezone(_STOCKHOLM)
    return f'<time datetime="{at.isoformat()}">{local:%Y-%m-%d kl. %H.%M}</time>'
