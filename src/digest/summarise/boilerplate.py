"""Recognises what stands around an article's text and is not part of it: takes a paragraph, gives what it is, or "".

In English, German, French and Spanish. It looks at one paragraph alone; where in the article it stands is for `clean`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

_LONG = 400
"""Characters from which a paragraph is the story's even where one phrase in it is not."""


def kind_of(paragraph: str) -> str:
    """What the paragraph is, when it is no part of the story: for example "sign-up", "list", "byline"; else ""."""
    if _LIST.match(paragraph):
        return "list"
    if _NOTE.match(paragraph):
        return "note"
    if len(paragraph) <= _LONG and (kind := next((kind for kind, _ in _phrases_in(paragraph)), "")):
        return kind
    if is_enumeration(paragraph):
        return "enumeration"
    if _BYLINE.match(paragraph) and is_names(paragraph):
        return "byline"
    if _BIOGRAPHY.match(paragraph) and len(paragraph) <= _LONG:
        return "biography"
    return "date" if _DATE.match(paragraph) else ""


def chrome_in(text: str) -> str:
    """The words that make the text no part of a story; "" when there are none."""
    if is_enumeration(text.rstrip(".")):
        return "a list"
    note = _NOTE.match(text)
    return note[0] if note else next((words for _, words in _phrases_in(text)), "")


def is_enumeration(text: str) -> bool:
    """Whether the text only lists names: countries, categories, organisations."""
    parts = [part for part in _COMMAS.split(text) if part.strip()]
    return len(parts) >= 4 and sum(is_names(part) for part in parts) >= 0.8 * len(parts)


def is_names(text: str) -> bool:
    """Whether every word is capitalised or joins capitalised ones."""
    words = _WORD.findall(text)
    return bool(words) and all(word[0].isupper() or word in _JOINING or word.isdigit() for word in words)


def _phrases_in(text: str) -> Iterator[tuple[str, str]]:
    """Every phrase of `_PHRASES` in the text, with its kind."""
    folded = text.casefold().replace("’", "'")
    for cue, (kind, pattern) in _PHRASES.items():
        if cue in folded and (match := _compiled(pattern).search(folded)):
            yield kind, match[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})")


_SIGN_UP = r"""
subscribe (?:to|now|today|here|for)\b
sign up (?:for|to|now|here|today|below)\b
sign-up (?:for|to|now|here|today|below)\b
signing up (?:for|to)\b
sign in to (?:read|continue|view|comment)
log in to (?:read|continue|view|comment)
our newsletter
free newsletter
daily newsletter\b.{0,40}\b(?:inbox|sign|subscri|get|receive)
weekly newsletter\b.{0,40}\b(?:inbox|sign|subscri|get|receive)
to your (?:inbox|email|mailbox)
into your inbox
in your inbox
keep me up to date
stay (?:connected|informed|tuned|up to date)\b
join (?:our community|our mailing|the community|the mailing)
joining our community
create (?:a|an|your) (?:free )?account
not a member of
already (?:a member|a subscriber|subscribed)
to continue reading
support our journalism
newsletter (?:abonnieren|anmelden|bestellen)
jetzt (?:abonnieren|anmelden|registrieren|tickets|teilnehmen|sichern)
melden sie sich (?:an|hier|jetzt|für)
abonnieren sie
kostenloser newsletter
bereits abonnent
abonnez-vous
inscrivez-vous
recevez (?:notre|nos|toute)
déjà abonné
réservé aux abonnés
suscríb[ae]
suscrib(?:ete|ase)
regístr(?:ate|ese)
recib[ae] (?:nuestr|en tu correo)
nuestro bolet[ií]n
hazte (?:socio|suscriptor)
"""

_PROMOTION = r"""
interested in\b.*\?
consider (?:attending|joining|subscribing|donating|supporting)
register (?:now|today|here|your)\b
book (?:now|today|your (?:seat|place|ticket))
buy tickets
tickets are (?:available|on sale) at
don't miss (?:our|the latest|out)
click here
click through for
read more
find out more\b
learn more (?:at|here)\b
more from\b.{0,40}$
watch (?:the video|live)\b.{0,20}$
download (?:the app|our)
get the app
follow (?:us|me|the author) (?:on|at|here)
like us on
join us (?:on|at|for)
view all(?: latest)?$
explore more$
for inquiries
for enquiries
for more information,? (?:contact|visit|call|please|go to)
contact (?:us|page)\b.{0,60}$
we may (?:earn|receive) (?:a |an )?(?:small |affiliate )?commission
affiliate (?:link|commission)
sponsored (?:content|by|post)\b
contribute to [\w./-]+ development by
advertis(?:ement|ing feature)\b.{0,30}$
hier klicken
mehr (?:dazu lesen|zum thema)
lesen sie (?:auch|mehr|hier)
folgen sie uns
anzeige$
cliquez ici
lire aussi
lire la suite
suivez-nous
à lire aussi
en savoir plus
publicité$
haga clic
haz clic
leer más
síguenos
lea también
lee también
más información en
publicidad$
"""

_LEGAL = r"""
cookies?\b.{0,80}\b(?:polic|accept|consent|sett|experience|browser|website|zustimm|einverstanden|aceptar)
use cookies
uses cookies
using cookies
verwende[nt]?\b.{0,20}\bcookies
utilis(?:e|ons|ent)\b.{0,30}\bcookies
utiliza(?:mos)?\b.{0,30}\bcookies
usamos\b.{0,30}\bcookies
privacy (?:policy|notice|settings)
terms (?:of use|of service|and conditions)
all rights reserved
alle rechte vorbehalten
tous droits réservés
todos los derechos reservados
datenschutz(?:erklärung|hinweis)
nutzungsbedingungen
politique de confidentialité
política de privacidad
copyright (?:19|20|©|by)
may not be (?:published|reproduced)
you are using (?:a|an) .{0,30}(?:browser|version)
javascript (?:is|to|in your|must)\b
enable javascript
without styles
compatibility mode
ad blocker
adblocker
this (?:site|website|page) (?:uses|is protected|requires)
views expressed\b.{0,60}\b(?:author|own|those)
"""

_CREDIT = r"""
\((?:photo|image|picture|file|credit|video|foto|bild|crédit|via|public domain|courtesy|supplied|reuters/)[^)]*\)\W*$
getty images
shutterstock
afp via
ap photo
picture alliance
"""


def _cued(**kinds: str) -> Mapping[str, tuple[str, str]]:
    """The phrases by the letters they begin with: looking for those first is ten times faster than a pattern."""
    lines = ((kind, line) for kind, text in kinds.items() for line in text.strip().split("\n"))
    found: dict[str, tuple[str, str]] = {}
    for kind, line in lines:
        cue = re.split(r"[\\(\[?$]", line.removeprefix("\\"), maxsplit=1)[0].rstrip() or "("
        known, pattern = found.get(cue, (kind, ""))
        found[cue] = (known, f"{pattern}|{line}" if pattern else line)
    return MappingProxyType(found)


_PHRASES: Final = _cued(**{"sign-up": _SIGN_UP, "promotion": _PROMOTION, "legal": _LEGAL, "credit": _CREDIT})

_NOTE: Final = re.compile(
    r"(?:editor['’]s note|correction\b|clarification\b|updated?\b|a version of this|(?:originally|first)? ?published\b"
    r"|posted\b|©|advertisement|skip to|mis à jour|publié le|photo ?:|crédit|cet article (?:a|est)|source ?:|voir aussi"
    r"|this (?:article|story|post|piece|report|essay) (?:was|has been|is|originally|first|contains|appeared)"
    r"|last (?:updated|modified)|the below|related\b|see also|also read|read (?:also|next)|recommended\b|more:|watch:"
    r"|listen:|sources?:|tags?:|topics?:|categories\b|filed under|share (?:this|on)|about (?:the author|this)"
    r"|disclaimer|disclosure|note:|photos?\b.{0,3}:|images?\b.{0,3}:|pictures?:|pictured\b|credits?:|caption:|video:|getty"
    r"|file (?:photo|picture)|anmerkung|hinweis:|aktualisiert|stand:|foto:|bild:|quelle:|siehe auch"
    r"|dieser (?:artikel|text|beitrag) (?:ist|wurde)"
    r"|the post .{3,300} (?:first )?appeared (?:first )?on\b|der beitrag .{3,300} erschien zuerst\b"
    r"|l['’]article .{3,300} est apparu en premier\b|la entrada .{3,300} (?:aparece|apareció|se publicó) primero\b"
    r"|actualizado|publicado|imagen:|fuente:|ver también|este art[ií]culo (?:fue|se))",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:posted |written |reported )?by|von|par|por|text:|autor(?:in)?:|auteur ?:)\s+\w", re.IGNORECASE
)
_BIOGRAPHY = re.compile(
    r"(?:[A-ZÀ-Þ][\w’'.-]+ ){1,4}(?:is|was) (?:a|an|the)\b.{0,60}\b(?:reporter|correspondent|columnist|contributor"
    r"|editor|staff writer|freelance|journalist|writer)\b.{0,60}\b(?:at|for|of|with|covering|who covers|based in)\b"
)
_LIST = re.compile(r"(?:[-*•·▪●■►–—▶✓]\s|\d{1,2}[.)]\s|[|#>{}<@]|\$\s)")
_DATE = re.compile(
    r"\W*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b.{0,3})?(?:\d{1,2}[./ ]|jan|feb|mar|apr"
    r"|may|june?|july?|aug|sep|oct|nov|dec)[\w.]*[\s,/.-].{0,40}\b(?:19|20)\d\d\b.{0,30}$",
    re.IGNORECASE,
)
_COMMAS = re.compile(r"[,;|·•]\s*")
_WORD = re.compile(r"[\w’'.&-]+")
_JOINING = frozenset(
    ("and", "und", "et", "y", "the", "of", "de", "&", "du", "la", "des", "del", "e", "for", "in", "on", "los")
)
