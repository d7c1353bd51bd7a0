"""The lexicons that several recognisers share: what a number was called before it was written."""

from __future__ import annotations

from pipeline.detect.context import Lexicon

PERSONAL_NUMBER = Lexicon(
    "personnr", "personnummer*", "personnumret", "*personnummer", "pnr", "pers nr", "persnr", "persnummer", "p nr",
    "pers", "samordningsnummer*", "samordningsnumret", "samordningsnr", "samnr", "sam nr", "samordningsnum*",
    "födelsenummer", "personal number", "personal no", "personal identity number", "personal id*", "personnumber",
    "coordination number", "id number", "ssn", "social security number", "identity number", "fødselsnummer*",
    "personnummeret*", "henkilötunnu*", "numer personalny", "numer koordynacyjny", "pesel", "lični broj",
    "matični broj", "jmbg", "koordinacijski broj", "особистий номер", "координаційний номер", "персональний номер",
    "رقمي الشخصي", "الرقم الشخصي", "رقم شخصي", "رقم تنسيق", "lambarka shakhsiga", "lambarkayga shakhsiga",
    "lambarka isku dubbaridka", "dossiernummer personal",
)  # fmt: skip
"""Names of the personal identity number and the coordination number, in the languages of the municipality."""

PERSON_NEAR = Lexicon(
    "född", "föddes", "födda", "fött", "f", "born", "födelsedatum*", "födelsedag*", "sonen", "son", "dottern",
    "dotter", "barnet", "barn", "mamma", "pappa", "mor", "far", "mormor", "morfar", "farmor", "farfar", "maken",
    "make", "hustru", "fru", "frun", "sambo", "sambon", "syskon", "bror", "syster", "målsman", "vårdnadshavare",
    "sökande", "patient*", "elev*", "leg", "legitimation*", "körkort*", "passet", "folkbokför*", "skriven",
    "urodzon*", "rođen*", "født", "syntynyt", "bankid", "legitimera*", "identitet*",
)  # fmt: skip
"""Words that a personal identity number is written beside."""

OTHER_LABEL = Lexicon(
    "ocr*", "ordernr", "ordernum*", "order nr", "order no", "order number*", "beställningsn*", "bokningsn*",
    "fakturanr", "fakturanum*", "faktura nr", "faktura nummer", "invoice*", "referensn*", "ref nr", "referens", "ref",
    "kolli*", "spårning*", "sändning*", "försändelse*", "paketn*", "paket id", "parcel*", "tracking*", "avtalsn*",
    "artikeln*", "art nr", "artnr", "serien*", "serial*", "isbn*", "issn", "ean*", "streckkod*", "produktn*",
    "modelln*", "mätar*", "elmätar*", "vattenmätar*", "*mätaren", "anläggnings*", "kvitton*", "transaktions*",
    "betalningsref*", "post id", "postid", "inläggs*", "version*", "salskod*", "tidsstämpel*", "timestamp*",
    "tidsstämplad*", "felkod*", "biljettn*", "lottn*", "vinstn*", "lånekort*", "kortn*", "kundorder*", "dnr",
    "diarie*", "epoch", "unix*", "numer zamówienia", "receipt*", "chassin*", "imei", "följesedel*", "fastighetsn*",
    "abonnemangsn*", "decimaler", "log", "logg", "loggen", "loggrad*", "order", "ordern", "beställning*", "jobb id",
    "nyckel*", "checksumma*", "hash", "tråd id", "video id", "ärenden*", "ärende nr", "supportärende*", "ticket id",
    "ticket nr", "ticket no",
    "inventarien*", "löpnummer*", "projektn*", "uppdragsn*", "ritningsn*", "batchn*", "partin*", "startnummer*",
    "startnr", "reservation*", "rabattkod*", "kampanjkod*", "bokningskod*", "kollin*", "hämtkod*", "avin*", "fakturans",
    "arkivn*", "protokollsn*", "dokumentn*", "blankettn*", "licensn*", "tävlingsn*", "reklamationsn*",
    "felanmälansn*", "sopkärlsn*", "kärln*", "lådn*", "skåpn*", "brunnsn*", "stolpn*", "belysningsn*",
)  # fmt: skip
"""Names of numbers that merely look like a person's: said right before a number, they say what it is."""

OTHER_THEME = Lexicon(
    "faktura*", "*fakturan", "avtal*", "paket*", "biljett*", "kvitto*", "video*", "filen", "fil", "file*", "bild*",
    "img", "belopp*", "summa", "saldo", "ärende*", "inlägg*", "post", "posten", "garanti*", "reklamation*", "skapad*",
    "klippet", "webbutik*", "betaln*", "betalade", "levererad*", "leverans*",
)  # fmt: skip
"""What such numbers are about: a doubt, no more."""

PHONE = Lexicon(
    "tel", "tele", "telefon*", "tfn", "mobil*", "mob", "ring*", "ringa", "sms*", "smsa", "slå", "växel*", "swish*",
    "swisha", "phone*", "call*", "cell", "whatsapp*", "wa", "viber", "signal*", "dzwoni*", "zadzwo*", "telefonu",
    "nås på", "når mig", "nås", "nazov*", "zovi*", "telefonski", "soita*", "puhelin*", "puh", "ringe", "ringer",
    "kontakta*", "kontakt", "jour*", "fax", "lambarka", "wac", "телефон*", "дзвон*", "номер", "هاتف", "رقمي", "اتصل*",
    "اتصلوا", "jourtelefon",
)  # fmt: skip
"""Words that introduce a phone number."""

TIME_WORDS = Lexicon(
    "avstängd*", "avstängt", "stängd*", "stängt", "gäller", "period*", "mellan", "from", "fr o m", "t o m", "tom",
    "till", "kl", "klockan", "datum*", "tid", "tiden", "logg*", "fel", "felet", "error*", "skärmdump*", "lovet",
    "*lovet", "veckor", "vecka", "v", "schema*", "bokad*", "bokning*", "uthyr*", "backup*", "uppdaterad*",
    "publicerad*", "kamera*", "under", "somras", "våras", "höstas", "vintras", "session*", "öppet", "hyr*",
)  # fmt: skip
"""Words of times and periods."""

ASSOCIATION = Lexicon(
    "*förening*", "*klubb*", "*kår", "*kåren", "*kårens", "*laget", "*lagets", "insamling*", "julinsamling*", "gåvor",
    "gåva", "bidrag", "stöd", "stiftelse*", "*stiftelsens", "samfällighet*", "byalag*", "hembygd*", "församling*",
    "medlemsavgift*", "årsavgift", "loppis*", "association*", "charity", "club", "foundation", "company", "bolag*",
    "*bolaget", "*bolagets", "*företag*", "firma*", "firman", "ab", "hb", "brf", "kommunens", "kommunen", "kommun",
    "teater*", "cupen", "scout*", "kyrkan*", "kyrkans", "kyrkokör*", "röda korset", "rädda barnen", "lagkassa*",
    "klasskassa*", "lagkonto*", "stödkonto*", "gåvokonto*", "insamlingskonto*", "föräldraråd*", "kansli*", "festival*",
    "missions*", "moské*", "idrotts*", "kooperativ*", "bystug*", "styrelsens",
)  # fmt: skip
"""Words of associations, firms and authorities: their giro and account numbers are meant to be known."""

PRIVATE = Lexicon(
    "mitt", "min", "mina", "mig", "hennes", "hans", "vårt", "privat*", "lönekonto*", "personkonto*", "lön", "lönen",
    "my", "moje", "moj", "mein*", "tililleni", "mammas", "pappas", "mormors", "sambos", "ditt", "din",
)  # fmt: skip
"""Words that make a number somebody's own."""
