"""Which recognisers there are, which entities each one finds, and what must stand in a text for it to find anything."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.detect.finding import Entity
from pipeline.detect.presidio import Find
from pipeline.detect.recognisers import (
    address,
    bank_account,
    card,
    case_number,
    coordinates,
    email,
    foreign_id,
    giro,
    iban,
    identity_document,
    ip,
    organisation_number,
    partial,
    personal_number,
    phone,
    plate,
    reserve_number,
    vat_person,
)

_PERSON = (Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER)


@dataclass(frozen=True, slots=True)
class Entry:
    """A recogniser: its name, its entities, its function."""

    name: str
    entities: tuple[Entity, ...]
    find: Find


CATALOGUE = (
    Entry("personal-number", _PERSON, personal_number.find),
    Entry("vat-person", _PERSON, vat_person.find),
    Entry("partial-number", _PERSON, partial.find),
    Entry("reserve-number", _PERSON, reserve_number.find),
    Entry("organisation-number", (Entity.SE_ORGANISATIONSNUMMER,), organisation_number.find),
    Entry("phone", (Entity.PHONE_NUMBER,), phone.find),
    Entry("email", (Entity.EMAIL_ADDRESS,), email.find),
    Entry("address", (Entity.SE_ADDRESS,), address.find),
    Entry("bank-account", (Entity.SE_BANK_ACCOUNT, *_PERSON), bank_account.find),
    Entry("giro", (Entity.SE_BANKGIRO, Entity.SE_PLUSGIRO, Entity.SE_SWISH), giro.find),
    Entry("iban", (Entity.IBAN_CODE,), iban.find),
    Entry("card", (Entity.CREDIT_CARD,), card.find),
    Entry("plate", (Entity.SE_VEHICLE_PLATE,), plate.find),
    Entry("case-number", (Entity.SE_CASE_NUMBER,), case_number.find),
    Entry("ip", (Entity.IP_ADDRESS,), ip.find),
    Entry("coordinates", (Entity.COORDINATES,), coordinates.find),
    Entry("identity-document", (Entity.SE_PASSPORT,), identity_document.find),
    Entry("foreign-id", (Entity.FOREIGN_ID,), foreign_id.find),
)
