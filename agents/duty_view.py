"""How the log of supervision is read aloud: in Swedish, since it is handed to Swedish authorities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rich.console import Console

from pipeline.supervision import AccountLog, DutyLog

_MOST_SHOWN = 20


def show(log: DutyLog, console: Console) -> None:
    """Print the log; it holds no text and no names of people."""
    for line in _lines(log):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _lines(log: DutyLog) -> Iterator[str]:
    yield "Uppsikt över kommunens konton i sociala medier (4 § lagen 1998:112 om elektroniska anslagstavlor)"
    yield f"Period: {_at(log.start)} till {_at(log.end)}. Alla tider i UTC."
    yield (
        "Kontroll: en händelse har hämtats in, bevarats och granskats, eller kopplingen har sett efter och inget nytt "
        f"fanns. Tystnad: inget kom från kontot på {_long(log.terms.silence)} eller längre. Sent: inhämtat mer än "
        f"{_long(log.terms.delay)} efter att det hände. Utan kontroll: ingen på {_long(log.terms.check)} eller längre, "
        "i konton vars koppling redovisar sina kontroller."
    )
    for account in log.accounts:
        yield ""
        yield from _account(account)
    yield ""
    late = sum(len(account.late) for account in log.accounts)
    events = sum(account.events for account in log.accounts)
    gaps = sum(len(account.unchecked) for account in log.accounts)
    if late:
        yield f"Av {events} händelser togs {late} in sent."
    else:
        yield f"Alla {events} händelser togs in inom {_long(log.terms.delay)} efter att de hände."
    told = sum(account.checks > 0 for account in log.accounts)
    yield f"Kontroller redovisas för {told} av {len(log.accounts)} konton; luckor i dem: {gaps}."
    if not log.met:
        yield "Uppsikten var inte sådan som den ska vara."


def _account(account: AccountLog) -> Iterator[str]:
    yield account.account + ("" if account.registered else " (står inte i kontoregistret)")
    yield f"  händelser: {account.events}; kontroller utan nytt: {account.checks or 'redovisas inte'}"
    yield f"  senaste händelse: {_maybe(account.last_event)}; senaste kontroll: {_maybe(account.last_check)}"
    if account.silent_since:
        yield f"  tyst sedan: {_at(account.silent_since)}" + ("" if account.events else " (hela perioden)")
    for silence in account.silences[:_MOST_SHOWN]:
        yield f"  tystnad: {_at(silence.since)} till {_at(silence.until)} ({_long(silence.length)})"
    for gap in account.unchecked[:_MOST_SHOWN]:
        yield f"  utan kontroll: {_at(gap.since)} till {_at(gap.until)} ({_long(gap.length)})"
    for seen in account.late[:_MOST_SHOWN]:
        yield f"  sent: hände {_at(seen.happened_at)}, togs in {_at(seen.checked_at)} ({_long(seen.delay)})"
    lists = (("tystnader", account.silences), ("luckor", account.unchecked), ("sena", account.late))
    for what, all_of_them in lists:
        if len(all_of_them) > _MOST_SHOWN:
            yield f"  och {len(all_of_them) - _MOST_SHOWN} {what} till: se --json"


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _maybe(moment: datetime | None) -> str:
    return _at(moment) if moment else "ingen i perioden"


def _long(length: timedelta) -> str:
    """A length in its largest units: 3 dygn 2 h, 4 h 5 min, 6 min."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "dygn"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 s"
