"""Words that the rules of teasers turn on, in English, German, French and Spanish. Data only; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_language(**texts: str) -> Mapping[str, frozenset[str]]:
    """One set of words per language; "" holds those of all."""
    sets = {language: _words(text) for language, text in texts.items()}
    return MappingProxyType(sets | {"": frozenset().union(*sets.values())})


ABBREVIATIONS: Final = _words(
    "mr mrs ms mx dr prof rev hon st sgt sr sra srta dra lt col gen cmdr adm capt maj cpl pvt sen rep gov pres supt "
    "messrs mme mlle mgr vs approx fig figs nr abs bd cf ca e.g i.e p.ex p.ej z.b d.h u.a o.ä i.d.r rt c.-à-d "
    "bzw ggf evtl sog vgl hrsg geb gest dipl tel avda núm pág págs ed eds ej ee al dept det insp"
)
"""A full stop after these never ends a sentence (lower case, without the last dot)."""

OFTEN_LAST: Final = _words(
    "inc corp co ltd llc plc jr bros assn univ etc usw usf a.m p.m am pm u.s u.k u.n e.u d.c l.a n.y ph.d m.d b.a uu "
    "m.a jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave blvd rd mt ft calif conn fla "
    "ill mass mich minn ala ariz ark colo del ga ind kan ky la md miss mo mont neb nev okla ore pa tenn tex va vt wash "
    "wis wyo ee.uu s.a p.d.g min max std mio mrd tsd str id"
)
"""A full stop after these ends a sentence only when a usual first word follows."""

NUMBERED: Final = _words("no nos nr art vol chap cap núm p pp pág fig figs ch sec")
"""A full stop after these ends no sentence when a number follows."""

STARTERS: Final = _words(
    "The A An In On At For But And He She It They We I You This That These Those There When While As If After Before "
    "Since With By From To However Meanwhile Now So Yet Its His Her Their Our My Not No What Who How Why Where Some "
    "Many Most All Both One Two According Last Such Then Also Although Because During Under Over Until Among Here Or "
    "Der Die Das Den Dem Ein Eine Es Er Sie Wir Ich Im Am Auf Mit Für Und Aber Doch Nach Bei Von Zu Seit Wenn Als "
    "Le La Les Un Une Des Il Elle Ils Elles Ce Cette Ces Dans En Pour Avec Mais Et Selon Au Aux Depuis Après "
    "El Los Las Una Unos Unas Con Por Para Pero Y Según Desde Tras Su Sus Este Esta Se Lo Ha"
)
"""Usual first words of a sentence, as they are written there."""

ORDINAL_BEFORE: Final = _words(
    "am der des dem den vom zum im bis und die das ab seit jeden diesen beim zur ihr sein seinem seinen ihren ihrem"
)
"""German words before an ordinal such as "3."; its dot ends no sentence."""

SAID: Final = _words(
    "said says told asked added wrote writes tweeted replied explained continued insisted argued warned announced "
    "warns adds asks explains insists recalled recalls noted notes admitted joked "
    "sagt sagte fragte erklärte meinte schrieb betonte warnte dit déclare déclaré explique affirme ajoute assure "
    "raconte dijo dice afirmó afirma explicó explica señaló añadió aseguró declaró"
)
"""Verbs that name the speaker of what is quoted or claimed."""

UNRESOLVED: Final = _by_language(
    en="he she it they him her them his hers its their theirs this that these those such it's he's she's they're "
    "that's he'd she'd they'd it'd it'll he'll she'll they'll they've here here's neither ditto",
    de="er sie es ihm ihr ihn ihnen sein seine seiner seinem seinen ihre ihrer ihrem ihren dies diese dieser dieses "
    "diesem diesen jene jener jenes dort solche solcher solches dessen deren dieselbe derselbe dasselbe",
    fr="il elle ils elles lui leur leurs son sa ses ce cet cette ces ceci cela ça celui celle ceux celles y celui-ci "
    "celle-ci c'est ceux-ci",
    es="él ella ellos ellas ello su sus este esta estos estas esto ese esa esos esas eso aquel aquella aquello "
    "aquellos allí ahí ambos ambas dicho dicha",
)
"""First words that point back to something that a reader of the teaser has not seen."""

RESOLVED_BY: Final = MappingProxyType(
    {
        "this": _words(
            "week month year morning evening afternoon summer winter spring autumn fall weekend season article post "
            "guide story report series newsletter"
        ),
        "these": _words("days"),
        "diese": _words("woche"),
        "diesen": _words("sommer herbst winter frühling monat"),
        "dieses": _words("jahr"),
        "cette": _words("semaine année"),
        "ce": _words("matin mois week-end soir lundi mardi mercredi jeudi vendredi samedi dimanche"),
        "cet": _words("été hiver automne après-midi"),
        "este": _words("año mes lunes martes miércoles jueves viernes sábado domingo verano invierno otoño"),
        "esta": _words("semana mañana tarde noche"),
    }
)
"""What may follow a word of UNRESOLVED so that it points at the day of reading, or at the article itself."""

CONNECTIVES: Final = _by_language(
    en="but however and or nor so yet meanwhile then also moreover furthermore besides additionally nevertheless "
    "nonetheless still instead therefore thus hence otherwise afterwards afterward consequently similarly likewise "
    "anyway indeed finally secondly thirdly plus too again conversely accordingly elsewhere "
    "alternatively ultimately rather further yup which whom whose",
    de="aber doch jedoch und oder denn dann auch außerdem zudem trotzdem dennoch deshalb daher also somit folglich "
    "allerdings inzwischen unterdessen schließlich stattdessen ferner darum dagegen hingegen dabei damit dazu "
    "zweitens drittens nun deswegen sondern gleichwohl überdies hierzu hinzu",
    fr="mais et ou donc or ni car cependant toutefois pourtant néanmoins ensuite puis aussi ainsi alors enfin "
    "deuxièmement finalement d'ailleurs bref également autrement",
    es="pero y e o sino además también entonces luego así finalmente sin embargo no-obstante tampoco asimismo "
    "pues segundo porque",
)
"""First words that lean on a sentence before."""

BEFORE_COMMA: Final = _words("no yes well ok okay second third later earlier sure right nein ja non oui sí")
"""First words that lean on something before when a comma follows."""

PHRASES: Final = (
    "for example", "for instance", "in addition", "as a result", "in other words", "on the other hand",
    "in contrast", "by contrast", "in fact", "of course", "at the same time", "after that", "because of this",
    "as such", "as well", "that said", "in turn", "in particular", "above all", "even so", "in short", "to that end",
    "in response", "the former", "the latter", "the two", "the same", "the pair", "both of", "the other",
    "all of these", "all of those", "some of these", "some of those", "most of these", "most of those", "one of them",
    "none of them", "many of them", "some of them", "both sides",
    "zum beispiel", "im gegensatz", "darüber hinaus", "aus diesem grund", "in der tat",
    "par exemple", "en revanche", "par ailleurs", "en effet", "de plus", "en outre", "au contraire", "par contre",
    "sin embargo", "por ejemplo", "por otro lado", "por lo tanto", "no obstante", "de hecho", "en cambio", "es decir",
    "por eso", "a pesar de ello", "mientras tanto",
)  # fmt: skip
"""First words, several together, that lean on a sentence before or point back."""

FUNCTION: Final = _by_language(
    en="the of and to in is that for with was on are this from have has be by at an as it its not but will which they "
    "their he she his her we our you your i my who what when where how why than then into over about after before more "
    "been were can could would should may might do does did had a or if so no all also just up out new s t",
    de="der die das und ist nicht mit für auf ein eine einen einem einer des dem den von im zu sich auch wird werden "
    "hat haben sind war bei nach aus als wie am um an es er sie wir ich noch nur über vor zum zur durch dass oder so",
    fr="le la les des du et est une un dans pour que qui sur par pas avec au aux ce cette ces se son sa ses plus ne "
    "il elle ils en a ont été sont à de d l s n qu ou mais comme leur leurs nous vous",
    es="el la los las del y es una un en para que con por se su sus no más al lo como ha han fue son está de a o pero "
    "este esta entre sobre también sin hay ya le les",
)
"""Words without a subject of their own: they tell the language, and count for nothing when texts are compared."""

NEGATIONS: Final = _words(
    "not no never none nobody nothing neither nor cannot without denies denied deny rejects rejected refuses refused "
    "fails failed nicht kein keine keinen keiner keinem nie niemals niemand nichts ohne ne n pas jamais aucun aucune "
    "rien personne sans nunca jamás ningún ninguna nada nadie sin tampoco"
)
"""Words that turn a statement into its opposite."""

GRAVE: Final = _words(
    "dead death deaths died dies killed kills murder murdered guilty convicted arrested charged jailed sentenced sued "
    "suing fraud bankrupt bankruptcy resigned resigns resignation fired banned bans recalled hacked breached leaked "
    "stole stolen acquired acquires merges merged approved approves confirmed confirms admitted admits apologized "
    "apologised shut closed cancelled canceled wins won lost beat record "
    "tot gestorben getötet schuldig verurteilt verhaftet angeklagt pleite insolvent zurückgetreten verboten bestätigt "
    "mort morts décédé tué tués coupable condamné arrêté inculpé faillite démissionné interdit confirmé "
    "muerto muertos murió matado culpable condenado detenido acusado quiebra dimitió prohibido confirmado"
)
"""Words that a teaser may say only where the article does: a wrong one does harm."""
