"""The readable page of a hand-out: one HTML file in Swedish that needs nothing else, no script and no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from itertools import groupby
from zoneinfo import ZoneInfo

from agents.handout import attachments, swedish
from agents.handout.history import Item, Version
from agents.retention.attachment import Attachment
from pipeline.mask import Shown

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_TITLE = "Handlingar från sociala medier"
_MOST_DEPTH = 4
_STANDING = {"created", "snapshot", "unreadable"}
"""Newest changes that need no word on how the item stands."""


def page(items: Iterable[Item], *, made_at: datetime, decision: str | None) -> str:
    """The page; `decision` is that on which nothing was covered, None for a page where findings are covered."""
    all_items = list(items)
    threads = groupby(all_items, key=lambda item: (item.platform, item.account, item.thread))
    body = "".join(_thread(*where[:2], list(thread), given=decision is not None) for where, thread in threads)
    style = (files("agents.handout") / "page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_TITLE}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{_TITLE}</h1>\n<div class="about">\n{_about(all_items, made_at, decision)}</div>\n</header>\n'
        f"<main>\n{body}</main>\n<footer>{_FOOT}{_WITH_HASH if decision else _WITH_NUMBER}</footer>\n</body>\n</html>\n"
    )


_FOOT = "Tider är svensk tid. Varje handling är bevarad byte för byte som den kom in"
_WITH_HASH = ", och SHA-256 är dess fingeravtryck: är en enda byte en annan, blir det ett annat."
_WITH_NUMBER = ". Arkivnumret säger var i kommunens logg över bevarade handlingar den står."


def _about(items: Sequence[Item], made_at: datetime, decision: str | None) -> str:
    versions = [version for item in items for version in item.versions]
    times = sorted(version.time for version in versions if version.time)
    accounts = dict.fromkeys(f"{item.account} på {item.platform.capitalize()}" for item in items if item.platform)
    rows = [
        ("Framtagen", _when(made_at)),
        (
            "Omfattar",
            f"{_many(len(versions), 'händelse', 'händelser')} om {len(items)} inlägg, kommentarer eller meddelanden",
        ),
        ("Konton", escape(", ".join(accounts)) or "okända"),
        ("Tid", f"{_when(times[0])} till {_when(times[-1])}" if times else "okänd"),
        ("Maskering", _masking(versions, decision)),
    ]
    told = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in rows)
    why = (
        ""
        if decision
        else "<p>Uppgifter som kan omfattas av sekretess är övertäckta, och namn på dem som skrivit är utelämnade. Ett "
        "svart fält säger vilket slags uppgift som står där. Händelserna som de kom in ingår därför inte.</p>\n"
    )
    return f"<dl>\n{told}</dl>\n{why}"


def _masking(versions: Sequence[Version], decision: str | None) -> str:
    if decision:
        return f"Ingen: utlämnad utan maskering enligt beslut {escape(decision)}"
    count = Counter(
        swedish.covers((name,))
        for version in versions
        for shown in version.shown.values()
        for piece in shown
        for name in piece.covers
    )
    told = ", ".join(f"{escape(name)} ({times})" for name, times in sorted(count.items()))
    return f"Övertäckt: {told}" if told else "Inget har behövt täckas över"


def _thread(platform: str, account: str, items: Sequence[Item], *, given: bool) -> str:
    heading = f"Tråd på {platform.capitalize()}, kontot {account}" if platform else "Handlingar som inte kan tolkas"
    return f"<h2>{escape(heading)}</h2>\n" + "".join(_article(item, given=given) for item in items)


def _article(item: Item, *, given: bool) -> str:
    kind = swedish.KINDS.get(item.kind, "Handling")
    whose = "" if not item.platform else " av kommunen" if item.is_own else " av besökare"
    newest = item.versions[-1].change
    state = "" if newest in _STANDING else f'<span class="state">{escape(_change(newest))}</span>'
    answers = f", svar på {escape(item.parent)}" if item.parent else ""
    sections = "".join(_section(version, given=given) for version in item.versions)
    number = f"Plattformens nummer: {escape(item.item)}{answers}" if item.platform else ""
    return (
        f'<article style="--depth: {min(item.depth, _MOST_DEPTH)}">\n<header>{state}<h3>{kind}{whose}</h3>'
        f'<p class="mute">{number}</p></header>\n{sections}</article>\n'
    )


def _section(version: Version, *, given: bool) -> str:
    who = swedish.ACTORS.get(version.actor or "", "") if version.change != "created" else ""
    told = " ".join(filter(None, (escape(_change(version.change)), who, _when(version.time) if version.time else "")))
    texts = "".join(_texts(version)) or '<p class="mute">Ingen text följde med.</p>\n'
    texts += "".join(_attached(each, given=given) for each in version.attachments)
    kept = f"Bevarad {_when(version.archived_at)}."
    if given:
        kept += f" SHA-256 <code>{version.sha256}</code>"
    elif version.number is not None:
        kept += f" Arkivnummer {version.number}"
    return f'<section class="version">\n<h4>{told}</h4>\n{texts}<p class="mute">{kept}</p>\n</section>\n'


def _texts(version: Version) -> Iterator[str]:
    for pointer, shown in version.shown.items():
        label = swedish.field(pointer)
        yield f'<p class="label">{label}</p>\n' if label else ""
        yield f"<blockquote>{_shown(shown)}</blockquote>\n"


def _shown(shown: Shown) -> str:
    return "".join(
        f"<mark>{escape(swedish.covers(piece.covers))}</mark>" if piece.covers else escape(piece.text)
        for piece in shown
    )


def _attached(attachment: Attachment, *, given: bool) -> str:
    if attachment.missing:
        why = f"{escape(attachment.missing)}, {_when(attachment.at)}"
        return f'<p class="label">Bilaga</p>\n<p>Kunde inte hämtas ({why}).</p>\n'
    kind = f"{escape(attachment.mime or 'okänt format')}, {swedish.bytes_of(len(attachment.content))}"
    name = attachments.file_name(attachment)
    where = (
        f'<a href="{attachments.FOLDER}/{name}">{name}</a>'
        if given
        else "ingår inte, eftersom bilder inte kan maskeras"
    )
    return f'<p class="label">Bilaga</p>\n<p>{kind}: {where}</p>\n'


def _change(change: str) -> str:
    return swedish.CHANGES.get(change, change)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _when(at: datetime) -> str:
    local = at.astimezone(_STOCKHOLM)
    return f'<time datetime="{at.isoformat()}">{local:%Y-%m-%d kl. %H.%M}</time>'
