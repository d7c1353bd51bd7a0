"""Per concern: what is said of a person raises it, what is said of a group, a rule or nobody does not."""

from __future__ import annotations

import pytest

from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.finding import Concern
from pipeline.detect.names import load_person_recogniser
from pipeline.ports import ConcernRecogniser, NameRecogniser

SAID = [
    (Concern.HEALTH, "Min man har fått diabetes och behöver färdkost."),
    (Concern.HEALTH, "jag har adhd o klarar inte blanketter"),
    (Concern.HEALTH, "Bröt handleden utanför biblioteket i måndags."),
    (Concern.HEALTH, "Är det sant att Gudrun Almstedt är inlagd på psyket?"),
    (Concern.HEALTH, "my daughter has epilepsy and needs the lift"),
    (Concern.HEALTH, "Moja majka ima rak i ne može do bolnice."),
    (Concern.HEALTH, "mår skit o orkar inte mer"),
    (Concern.SOCIAL_SERVICES, "Vår mormor väntar fortfarande på hemtjänst."),
    (Concern.SOCIAL_SERVICES, "soc tog min brorsdotter förra veckan"),
    (Concern.SOCIAL_SERVICES, "Min son bor på ett LSS-boende i Marieholm."),
    (Concern.SOCIAL_SERVICES, "Mitt försörjningsstöd är försenat igen!!"),
    (Concern.SOCIAL_SERVICES, "Zabrali mi dziecko i nikt nic nie mówi, to socjal."),
    (Concern.SCHOOL_PUPIL, "Vår dotter går i 3B och har ingen resursperson."),
    (Concern.SCHOOL_PUPIL, "Sonens skolskjuts kom aldrig i morse."),
    (Concern.SCHOOL_PUPIL, "jag går i åttan o hatar matten"),
    (Concern.SCHOOL_PUPIL, "Det är Vidar i 6C som klottrar på toaletterna."),
    (Concern.SCHOOL_PUPIL, "My son is bullied at school every day."),
    (Concern.PROTECTED_IDENTITY, "Min kusin har skyddade personuppgifter, ta bort hennes namn."),
    (Concern.CRIME, "Ragnar Plogsjö har suttit inne för misshandel."),
    (Concern.CRIME, "Jag blev rånad vid stationen i går kväll."),
    (Concern.CRIME, "han på nummer 9 säljer knark till ungarna"),
    (Concern.CRIME, "Ten sąsiad jeździ pijany, policja go zna."),
    (Concern.SPECIAL_CATEGORY, "Jag är jude och undrar om skolmaten."),
    (Concern.SPECIAL_CATEGORY, "jag röstade på centern förra valet"),
    (Concern.SPECIAL_CATEGORY, "Visste ni att Torgny Almstedt är homosexuell?"),
    (Concern.THREAT, "Jag vet var du bor, passa dig."),
    (Concern.THREAT, "ska slå in skallen på dig nästa gång"),
    (Concern.THREAT, "I know where you live, watch your back"),
    (Concern.THREAT, "Znam gdje živiš, pazi leđa."),
    (Concern.HATE, "Muslimer är råttor och ska ut ur landet."),
    (Concern.HATE, "romer stjäl, det ligger i blodet"),
    (Concern.HATE, "Homoja pitäisi ampua, ne ovat sairaita."),
    (Concern.INCITEMENT, "Bränn ner asylboendet i natt, vem är på?"),
    (Concern.INCITEMENT, "kasta sten på polisen när dom kommer"),
    (Concern.INSULT, "du är en jävla idiot"),
    (Concern.INSULT, "Idiot!"),
    (Concern.INSULT, "@kalle_77 vilken ynklig liten nolla du är"),
    (Concern.INSULT, "Torgny Almstedt är en fet lögnare"),
    (Concern.INSULT, "Jesteś głupi jak but"),
    (Concern.COPYRIGHT, "Hela boken som pdf här, slipper ni köpa den: https://dela.example/bok"),
    (Concern.COPYRIGHT, "klippte bort vattenstämpeln så nu är bilden fri"),
    (Concern.HEALTH, "Snubben som sköter planen går med rullator numera"),
    (Concern.SOCIAL_SERVICES, "Farfar har fått trygghetslarm men knappen är trasig"),
    (Concern.SCHOOL_PUPIL, "han i 9C som alltid slåss, varför går han kvar?"),
    (Concern.CRIME, "Ledaren i kören har tidigare dömts för stöld"),
    (Concern.THREAT, "Din bil brinner nog fint i natt"),
    (Concern.INCITEMENT, "Alla grannar: slå sönder fartkameran i natt"),
    (Concern.HATE, "Förintelsen är en bluff"),
    (Concern.INSULT, "Du har lika mycket vett som en tegelsten"),
    (Concern.INSULT, "En trasig spann har mer förstånd än du"),
    (Concern.INSULT, "Näringslivschefen är en inkompetent häxa"),
    (Concern.THREAT, "Ni på enheten har väl familjer? Tänk på det innan ni skriver under."),
    (Concern.THREAT, "sluta gräva där om du vill behålla händerna"),
    (Concern.HATE, "den sorten kan inte bete sig som folk"),
    (Concern.INCITEMENT, "tusenlapp till den som repar kommunalrådets bil"),
    (Concern.CRIME, "Min granne har undanhållit skatt i åratal"),
    (Concern.SPECIAL_CATEGORY, "Torgny Almstedt är sikh"),
]
NOT_SAID = [
    (Concern.SOCIAL_SERVICES, "Trygghetslarmen byts ut i hela kommunen, läs mer i brevet."),
    (Concern.SOCIAL_SERVICES, "Vi söker vikarier till hemtjänsten i sommar!"),
    (Concern.SOCIAL_SERVICES, "Socialsekreteraren lovade återkomma redan i nästa vecka"),
    (Concern.SCHOOL_PUPIL, "Klass 5B på Fridasro vann fotbollsturneringen, grattis!"),
    (Concern.SCHOOL_PUPIL, "Mina barn äter numera allt utom fisk"),
    (Concern.HEALTH, "Min katt är opererad och har tratt"),
    (Concern.CRIME, "Polisen grep en man i 40-årsåldern för rattfylleri, skriver tidningen"),
    (Concern.CRIME, "Elpriset är ren utpressning"),
    (Concern.THREAT, "Jag kommer hem till dig med bullar, du får soppa om du vill"),
    (Concern.INCITEMENT, "Alla grannar: ta med spadar på lördag så planterar vi om rondellen"),
    (Concern.INSULT, "Ni är idioter allihop på gatukontoret"),
    (Concern.HEALTH, "Fler barn med adhd behöver stöd i skolan."),
    (Concern.HEALTH, "Psykisk ohälsa är kommunens största problem."),
    (Concern.HEALTH, "Ni är blinda för landsbygdens behov."),
    (Concern.HEALTH, "Blodgivarbussen kommer på torsdag."),
    (Concern.SOCIAL_SERVICES, "Försörjningsstödet bör höjas för alla."),
    (Concern.SOCIAL_SERVICES, "Hemtjänsten går med underskott i år igen."),
    (Concern.SCHOOL_PUPIL, "Skolmaten borde lagas på plats."),
    (Concern.SCHOOL_PUPIL, "Eleverna på Bäckaskolan sjöng fantastiskt!"),
    (Concern.PROTECTED_IDENTITY, "Hur ansöker man om skyddad folkbokföring?"),
    (Concern.CRIME, "Inbrotten i kommunen minskar enligt polisen."),
    (Concern.CRIME, "Mordet på slottet 1792 är ett spännande föredrag."),
    (Concern.SPECIAL_CATEGORY, "Facket och kommunen har enats om schemat."),
    (Concern.SPECIAL_CATEGORY, "Rätt att flagga under prideveckan."),
    (Concern.THREAT, "Vi ska krossa Hörby i derbyt på lördag!"),
    (Concern.THREAT, "Någon skrev 'du ska dö' till rektorn, det är vidrigt."),
    (Concern.HATE, "På väggen står det 'muslimer ut', kan ni sanera?"),
    (Concern.HATE, "Jag hatar grisfarmens lukt."),
    (Concern.INCITEMENT, "Kom till torget och demonstrera på lördag!"),
    (Concern.INSULT, "Idiotiskt beslut av nämnden."),
    (Concern.INSULT, "jag är en idiot som glömde sopkärlet"),
    (Concern.INSULT, "Ni är den sämsta majoriteten någonsin, avgå!"),
    (Concern.COPYRIGHT, "Boken finns att låna på biblioteket."),
    (Concern.THREAT, "Vet du när din buss går?"),
    (Concern.INCITEMENT, "Eken är murken, såga ner den innan den faller på någon"),
    (Concern.CRIME, "Höjningen är ett slag i ansiktet på oss pensionärer"),
    (Concern.SCHOOL_PUPIL, "Gatlyktorna är släckta när barnen går till skolan"),
    (Concern.PROTECTED_IDENTITY, "Skyddad identitet borde vara lättare att få, skriver debattören"),
    (Concern.INSULT, "Idiotiskt beslut"),
]

CERTAIN = [
    "Torgny Almstedt har skyddad identitet och bor numera i Löddeköpinge.",
    "Kvinnojouren ligger i gula huset bakom kyrkan.",
    "Hon med hemlig adress jobbar numera på bageriet i Höör.",
    "My sister has a hidden identity and lives in the house behind the church.",
]
UNCERTAIN = [
    "Torgny Almstedt har skyddad identitet, ta bort bilden.",
    "Kvinnojouren finns på Facebook och ligger mig varmt om hjärtat.",
    "Beslutet om kvinnojouren ligger på kommunens bord.",
    "Personer med skyddad identitet som bor i kommunen kan få hjälp.",
    "Hur gör man om man bor i Eslöv och vill ansöka om skyddad folkbokföring?",
    "min son har adhd och bor i Marieholm",
    "jag ska döda dig, jag vet var du bor",
    "Katten gömmer sig i skogen bakom skolan",
    "Filmen handlar om en kvinna som lever gömd och bor på en ö",
    "Jag jobbar på Skatteverket med skyddade personuppgifter",
    "Skyddade uppgifter ligger i protokollet, är det inte brottsligt?",
    "Min syster har skyddad adress och ni skickade brev till pappa",
    "Föreläsning om skyddad identitet, vi ses på biblioteket",
    "Tjejjouren har öppet hus på Storgatan 4 på lördag, välkomna",
    "Mitt ex jobbar hos er och slår upp mig fast jag har skyddad folkbokföring",
]


@pytest.fixture(scope="module")
def names() -> NameRecogniser:
    return load_person_recogniser()


@pytest.fixture(scope="module")
def concerns() -> ConcernRecogniser:
    return load_concern_recogniser()


@pytest.mark.parametrize(("concern", "text"), SAID, ids=[f"{c}-{t[:25]}" for c, t in SAID])
def test_what_is_said_of_somebody_is_found(
    concern: Concern, text: str, names: NameRecogniser, concerns: ConcernRecogniser
) -> None:
    found = {f.concern for f in concerns.find_concerns(text, names.find_persons(text))}
    assert concern in found


@pytest.mark.parametrize(("concern", "text"), NOT_SAID, ids=[f"{c}-{t[:25]}" for c, t in NOT_SAID])
def test_what_is_said_of_nobody_is_left_alone(
    concern: Concern, text: str, names: NameRecogniser, concerns: ConcernRecogniser
) -> None:
    found = {f.concern for f in concerns.find_concerns(text, names.find_persons(text))}
    assert concern not in found


@pytest.mark.parametrize(
    ("text", "certain"), [(t, True) for t in CERTAIN] + [(t, False) for t in UNCERTAIN], ids=[*CERTAIN, *UNCERTAIN]
)
def test_only_whereabouts_of_the_protected_are_certain(
    text: str, *, certain: bool, names: NameRecogniser, concerns: ConcernRecogniser
) -> None:
    """`certain` lets the policy remove: everything else goes to people."""
    found = concerns.find_concerns(text, names.find_persons(text))
    assert certain is any(f.certain for f in found)


def test_a_word_inside_a_name_says_nothing(names: NameRecogniser, concerns: ConcernRecogniser) -> None:
    text = "Ordförande Eva Kroknäs har ingen plan."
    assert concerns.find_concerns(text, names.find_persons(text)) == ()
