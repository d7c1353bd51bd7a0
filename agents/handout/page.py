"""The readable page of a hand-out: one HTML file in Swedish that needs nothing else, no script and no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from agents.handout import attachments
from agents.handout.history import Item, Version
from agents.retention.attachment import Attachment

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_CHANGES = {
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
_KINDS = {
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
_STYLE = """
:root { color-scheme: light dark; --line: #767676; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem; margin: 1.5rem 0; }
article.reply { margin-left: 2rem; }
section { border-top: 1px solid var(--line); }
article > h2 + section { border-top: 0; }
blockquote { margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; } h3 { font-size: 1rem; }
small, code { overflow-wrap: anywhere; }
@media print { article { break-inside: avoid; } }
"""


def page(items: Iterable[Item], *, made_at: datetime, decision: str | None) -> str:
    """The page; `decision` is that on which nothing was covered, None for a page where findings are covered."""
    told = (
        f"Utlämnad utan maskering enligt beslut {escape(decision)}."
        if decision
        else "Uppgifter som kan vara sekretessbelagda är maskerade: [TYP] står där något är övertäckt."
    )
    body = "".join(_article(item, given=decision is not None) for item in items)
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Handlingar från sociala medier</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>Handlingar från sociala medier</h1>\n<p>Framtagen {_when(made_at)}. {told}</p></header>\n"
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _article(item: Item, *, given: bool) -> str:
    kind = _KINDS.get(item.kind, "Handling")
    whose = "av kommunen" if item.is_own else "av besökare"
    where = (
        f"{kind} {whose} på {item.platform}, kontot {item.account}" if item.platform else "Handling som inte kan tolkas"
    )
    sections = "".join(_section(version, given=given) for version in item.versions)
    shape = ' class="reply"' if item.parent else ""
    return (
        f"<article{shape}>\n<h2>{escape(where)}</h2>\n<p><small>{escape(item.item)}</small></p>\n{sections}</article>\n"
    )


def _section(version: Version, *, given: bool) -> str:
    change = _CHANGES.get(version.change, version.change)
    when = f" {_when(version.time)}" if version.time else ""
    texts = "".join(
        f"<p><small>{_label(pointer)}</small></p><blockquote>{escape(text)}</blockquote>\n"
        for pointer, text in version.texts.items()
    )
    texts += "".join(_attached(each, given=given) for each in version.attachments)
    kept = f"Arkiverad {_when(version.archived_at)}, SHA-256 <code>{version.sha256}</code>"
    return f"<section>\n<h3>{escape(change)}{when}</h3>\n{texts}<p><small>{kept}</small></p>\n</section>\n"


def _attached(attachment: Attachment, *, given: bool) -> str:
    if attachment.missing:
        return f"<p>Bilagan kunde inte hämtas ({escape(attachment.missing)}), {_when(attachment.at)}.</p>\n"
    kind = f"Bilaga, {escape(attachment.mime or 'okänt format')}, {len(attachment.content)} byte"
    name = attachments.file_name(attachment)
    where = (
        f'<a href="{attachments.FOLDER}/{name}">{name}</a>'
        if given
        else f"ingår inte, eftersom bilder inte kan maskeras. SHA-256 <code>{attachment.sha256}</code>"
    )
    return f"<p>{kind}: {where}</p>\n"


def _label(pointer: str) -> str:
    return _FIELDS.get(pointer.split("/")[1], "Uppgift")


def _when(at: datetime) -> str:
    local = at.astimezone(_STOCKHOLM)
    return f'<time datetime="{at.isoformat()}">{local:%Y-%m-%d kl. %H.%M}</time>'
