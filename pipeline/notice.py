"""What the author of a hidden or removed item is told: what was wrong with it, by which law, and where to turn.

In plain words, and never with what was found (invariant 4): a notice names kinds of information only. Authorities write
simply and clearly (språklagen (2009:600) 11 §) and say where one may turn (förvaltningslagen (2017:900) 6 §).
"""

from __future__ import annotations

from enum import StrEnum

from pipeline.message import Order


class Language(StrEnum):
    """The languages that notices are written in."""

    SWEDISH = "sv"
    ENGLISH = "en"


class Deed(StrEnum):
    """What was done to the item, or is done as soon as its author is told."""

    HIDDEN = "hidden"
    REMOVING = "removing"
    REMOVED = "removed"


_PERSONAL_NUMBER = ("ett personnummer eller samordningsnummer", "a personal identity number")
_PAYMENT = ("ett konto- eller kortnummer", "an account or card number")
_CONTACT = ("någons kontaktuppgifter eller adress", "somebody's contact details or address")
_PRIVATE = ("känsliga uppgifter om någon", "sensitive information about somebody")
_HARSH = ("hot eller påhopp", "threats or attacks")
_OTHER = ("uppgifter som inte får stå öppet", "information that must not stand in public")
_KINDS: dict[str, tuple[str, str]] = {
    "SE_PERSONNUMMER": _PERSONAL_NUMBER,
    "SE_SAMORDNINGSNUMMER": _PERSONAL_NUMBER,
    "FOREIGN_ID": ("ett id-nummer", "an identity number"),
    "SE_PASSPORT": ("ett passnummer", "a passport number"),
    "CREDIT_CARD": _PAYMENT,
    "IBAN_CODE": _PAYMENT,
    "SE_BANK_ACCOUNT": _PAYMENT,
    "PHONE_NUMBER": _CONTACT,
    "EMAIL_ADDRESS": _CONTACT,
    "SE_ADDRESS": _CONTACT,
    "COORDINATES": _CONTACT,
    "HEALTH": _PRIVATE,
    "SOCIAL_SERVICES": _PRIVATE,
    "SCHOOL_PUPIL": _PRIVATE,
    "SPECIAL_CATEGORY": _PRIVATE,
    "CRIME": _PRIVATE,
    "PROTECTED_IDENTITY": ("uppgifter om någon med skyddad identitet", "information about a protected identity"),
    "THREAT": _HARSH,
    "HATE": _HARSH,
    "INCITEMENT": _HARSH,
    "INSULT": _HARSH,
    "COPYRIGHT": ("något som skyddas av upphovsrätt", "something that is protected by copyright"),
}

_SWEDISH = """\
Hej!

Vi {deed} ditt inlägg eller din kommentar, eftersom den verkar innehålla {kinds}.
Vi är skyldiga att se till att sådant inte ligger kvar på våra sidor. Det följer av {basis}.

Du får gärna skriva igen utan de uppgifterna.

Tycker du att vi har gjort fel? Hör av dig till {contact} och ange {order}, så tittar en människa på det.
Det du skrev är sparat som allmän handling. Gäller klagomålet hur vi hanterar personuppgifter kan du också vända dig
till Integritetsskyddsmyndigheten (imy.se), och i övrigt till Justitieombudsmannen (jo.se).
"""
_ENGLISH = """\
Hello,

We {deed} your post or comment, as it seems to contain {kinds}.
We are obliged to see to it that such things do not stand on our pages. This follows from {basis}.

You are welcome to write again without that information.

Do you think that we are wrong? Contact {contact} and quote {order}, and a person will look at it. What you wrote is
kept as a public record. You may also complain to the Swedish Authority for Privacy Protection (imy.se) about how we
handle personal data, and to the Parliamentary Ombudsman (jo.se) about anything else.
"""
_DEEDS = {
    Deed.HIDDEN: ("har dolt", "have hidden"),
    Deed.REMOVING: ("tar bort", "are removing"),
    Deed.REMOVED: ("har tagit bort", "have removed"),
}


def compose(order: Order, done: Deed, *, contact: str, language: Language = Language.SWEDISH) -> str:
    """Write the notice for an order whose item was hidden or removed; it fits into 1 000 bytes but for a long law."""
    tongue = 0 if language is Language.SWEDISH else 1
    kinds = dict.fromkeys(_KINDS.get(note.type, _OTHER)[tongue] for note in order.findings) or {_OTHER[tongue]: None}
    bases = dict.fromkeys(rule.legal_basis for rule in order.rules)
    form = _SWEDISH if language is Language.SWEDISH else _ENGLISH
    return form.format(
        deed=_DEEDS[done][tongue],
        kinds=_joined(list(kinds), "och" if language is Language.SWEDISH else "and"),
        basis="; ".join(bases),
        contact=contact,
        order=order.order_id,
    )


def report(order: Order) -> str:
    """What those who run the platform are told, in English: which kind of information, by which law, never what."""
    kinds = dict.fromkeys(_KINDS.get(note.type, _OTHER)[1] for note in order.findings) or {_OTHER[1]: None}
    bases = "; ".join(dict.fromkeys(rule.legal_basis for rule in order.rules))
    return (
        f"A Swedish public authority asks you to look at this item on its pages. It seems to contain "
        f"{_joined(list(kinds), 'and')}, which must not stand in public ({bases}). Our reference: {order.order_id}"
    )


def _joined(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
