"""What things are called on the page of a hand-out, in Swedish."""

from __future__ import annotations

from pipeline.detect.finding import Concern, Entity

CHANGES = {
    "created": "Publicerad",
    "edited": "Ändrad",
    "deleted": "Raderad",
    "hidden": "Dold",
    "unhidden": "Åter synlig",
    "reported": "Anmäld",
    "restored": "Återställd",
    "snapshot": "Ögonblicksbild",
    "checked": "Kontrollerad",
    "unreadable": "Kunde inte tolkas",
    "disposed": "Gallrad",
    "takedown-hidden": "Dold",
    "takedown-removed": "Borttagen",
    "takedown-already_gone": "Borttagen av annan",
    "takedown-gone_before_us": "Redan borta",
    "takedown-withdrawn": "Beslut om borttagning återtaget",
    "takedown-held": "Borttagning väntar på en människas beslut",
    "takedown-overdue": "Borttagning försenad",
    "takedown-auth_lost": "Borttagning nekad: behörighet saknas",
    "takedown-not_permitted": "Borttagning nekad av plattformen",
    "takedown-unsupported": "Borttagning går inte på plattformen",
    "takedown-failed": "Borttagning misslyckades",
}
ACTORS = {
    "author": "av den som skrev",
    "account": "av kommunen",
    "platform": "av plattformen",
    "pipeline": "av kommunen genom Anslagsvakt",
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
    "account": "Konto",
}
FIELDS = {
    "title": "Rubrik",
    "display_name": "Avsändare",
    "alt_text": "Bildbeskrivning",
    "ocr_text": "Text i bilden",
    "transcript": "Vad som sägs",
    "shown": "Länk som den visas",
    "expanded": "Länkens adress",
    "hashtags": "Ämnesord",
    "rules": "På grund av",
    "certificate": "Gallringsbevis",
}
"""Fields by the part of their pointer that says most; the text itself needs no label."""
LINK_FIELDS = {"title": "Länkens rubrik", "text": "Länkens text"}
COVERS: dict[str, str] = {
    Entity.SE_PERSONNUMMER: "personnummer",
    Entity.SE_SAMORDNINGSNUMMER: "samordningsnummer",
    Entity.SE_ORGANISATIONSNUMMER: "organisationsnummer",
    Entity.PHONE_NUMBER: "telefonnummer",
    Entity.EMAIL_ADDRESS: "e-postadress",
    Entity.SE_ADDRESS: "adress",
    Entity.SE_BANK_ACCOUNT: "bankkonto",
    Entity.SE_BANKGIRO: "bankgiro",
    Entity.SE_PLUSGIRO: "plusgiro",
    Entity.SE_SWISH: "Swishnummer",
    Entity.IBAN_CODE: "IBAN",
    Entity.CREDIT_CARD: "kortnummer",
    Entity.SE_VEHICLE_PLATE: "registreringsnummer",
    Entity.SE_CASE_NUMBER: "ärendenummer",
    Entity.IP_ADDRESS: "IP-adress",
    Entity.PERSON: "namn",
    Entity.SE_PASSPORT: "passnummer",
    Entity.COORDINATES: "koordinater",
    Entity.FOREIGN_ID: "utländskt id-nummer",
    Concern.HEALTH: "hälsa",
    Concern.SOCIAL_SERVICES: "socialtjänst",
    Concern.SCHOOL_PUPIL: "elev",
    Concern.PROTECTED_IDENTITY: "skyddade personuppgifter",
    Concern.CRIME: "brott",
    Concern.SPECIAL_CATEGORY: "känslig personuppgift",
    Concern.THREAT: "hot",
    Concern.HATE: "hets",
    Concern.INCITEMENT: "uppmaning till brott",
    Concern.COPYRIGHT: "upphovsrätt",
    Concern.INSULT: "förolämpning",
    "NOT ANALYSED": "hela texten, som inte kunde granskas",
}
OTHERWISE = "uppgift"
"""What is covered for another reason, such as four last digits."""


def field(pointer: str) -> str | None:
    """What a field is called, None for the text itself."""
    parts = pointer.strip("/").split("/")
    if parts[0] in {"urls", "links"} and parts[-1] in LINK_FIELDS:
        return LINK_FIELDS[parts[-1]]
    return FIELDS.get(parts[-1]) or FIELDS.get(parts[0])


def covers(names: tuple[str, ...]) -> str:
    """What was covered, in words."""
    return ", ".join(dict.fromkeys(COVERS.get(name, OTHERWISE) for name in names))


def bytes_of(size: int) -> str:
    """A size for people."""
    for unit, name in ((1_000_000, "MB"), (1000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}".replace(".", ",")
    return f"{size} byte"
