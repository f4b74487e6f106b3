"""Recognises what stands around an article's text and is not part of it: takes a paragraph, gives what it is, or "".

In English, German, French and Spanish. It looks at one paragraph alone; where in the article it stands is for `clean`.
"""

from __future__ import annotations

import re
from typing import Final

_FLAGS = re.IGNORECASE

SIGN_UP: Final = re.compile(
    r"\bsubscribe (?:to|now|today|here|for)\b|\bsign(?:ing)?[ -]?up (?:for|to|now|here|today|below)\b"
    r"|\b(?:our|free|daily|weekly|email) newsletter|\bnewsletters?\b.{0,40}\b(?:inbox|sign|subscri)"
    r"|\b(?:straight|directly|delivered|right) (?:in)?to your (?:inbox|email|mailbox)"
    r"|\bkeep me up to date\b|\bstay (?:connected|informed|tuned|up to date)\b|\bjoin (?:our|the) (?:community|mailing)"
    r"|\bcreate (?:a|an|your) (?:free )?account\b|\b(?:log|sign) in to (?:read|continue|view|comment)"
    r"|\bnot a member\b|\balready a (?:member|subscriber)\b|\bto continue reading\b|\bsupport our journalism\b"
    r"|\bnewsletter (?:abonnieren|anmelden|bestellen)|\bjetzt (?:abonnieren|anmelden|registrieren)|\bmelden sie sich\b"
    r"|\babonnieren sie\b|\bkostenlos(?:en|er)? newsletter|\bbereits abonnent"
    r"|\babonnez-vous\b|\binscrivez-vous\b|\brecevez (?:notre|nos|toute)|\bdéjà abonné|\bréservé aux abonnés\b"
    r"|\bsuscr[ií]b(?:a|e)(?:te|se)\b|\breg[ií]str(?:a|e)(?:te|se)\b|\brecib[ae] (?:nuestr|en tu correo)"
    r"|\bnuestro bolet[ií]n\b|\bhazte (?:socio|suscriptor)",
    _FLAGS,
)

PROMOTION: Final = re.compile(
    r"\binterested in\b.*\?|\bconsider (?:attending|joining|subscribing|donating|supporting)\b"
    r"|\b(?:register|book) (?:now|today|here|your)\b|\bbuy tickets\b|\btickets are (?:available|on sale) at\b"
    r"|\bdon['’]t miss (?:our|a|the latest|out)\b|\bclick here\b|\bread more\b|\bfind out more\b|\blearn more (?:at|about)\b"
    r"|\bmore from\b.{0,40}$|\bwatch (?:the )?(?:video|live)\b.{0,20}$|\bdownload (?:the|our) (?:app|free)\b"
    r"|\bget the app\b|\bfollow (?:us|me|him|her|them|the author)\b|\blike us on\b|\bjoin us (?:on|at|in|for)\b"
    r"|\bview all\b|\bexplore more\b|\bfor (?:more )?(?:inquiries|enquiries)\b|\bcontact (?:us|page)\b"
    r"|\bwe may (?:earn|receive) (?:a |an )?(?:small |affiliate )?commission\b|\baffiliate (?:links?|commission)"
    r"|\bpresented by\b.{0,40}$|\bsponsored (?:content|by|post)\b|\bpowered by\b|\badvertis(?:e|ement|ing feature)\b.{0,30}$"
    r"|\bcontribut(?:e|ing) to [\w./-]+ development by\b"
    r"|\bhier klicken\b|\bmehr (?:dazu|lesen|zum thema)\b|\blesen sie (?:auch|mehr|hier)\b|\bfolgen sie uns\b|^anzeige\b"
    r"|\bjetzt (?:tickets|teilnehmen|sichern)\b|\bmitmachen und gewinnen\b"
    r"|\bcliquez ici\b|\blire (?:aussi|la suite|plus)\b|\bsuivez-nous\b|\bà lire aussi\b|\ben savoir plus\b|^publicité\b"
    r"|\bhaga clic\b|\bhaz clic\b|\bleer más\b|\bs[ií]guenos\b|\blea también\b|\blee también\b|\bmás información en\b"
    r"|^publicidad\b",
    _FLAGS,
)

LEGAL: Final = re.compile(
    r"\bcookies?\b.{0,80}\b(?:polic|accept|consent|use|sett|experience|browser|website|site)"
    r"|\b(?:use|uses|using|accept) (?:of )?cookies\b|\bprivacy (?:policy|notice|settings)\b|\bterms (?:of|and) (?:use|service|conditions)"
    r"|\ball rights reserved\b|©|\(c\) (?:19|20)\d\d|\bcopyright (?:19|20|©|by)|\bmay not be (?:published|reproduced)"
    r"|\byou are using (?:a|an) .{0,30}(?:browser|version)|\b(?:enable|disable|without|turn on)\b.{0,30}\bjava ?script\b"
    r"|\bcompatibility mode\b|\bad[ -]?blocker\b|\bthis (?:site|website|page) (?:uses|is protected|requires)\b"
    r"|\b(?:displayed|presented) as originally\b|\bviews expressed\b.{0,60}\b(?:author|own|those)"
    r"|\bverwende[nt]\b.{0,20}\bcookies\b|\balle rechte vorbehalten\b|\bdatenschutz(?:erklärung|hinweis)|\bnutzungsbedingungen\b"
    r"|\butilis(?:e|ons|ent)\b.{0,30}\bcookies\b|\btous droits réservés\b|\bpolitique de confidentialité\b"
    r"|\b(?:usamos|utiliza(?:mos)?)\b.{0,30}\bcookies\b|\btodos los derechos reservados\b|\bpol[ií]tica de privacidad\b",
    _FLAGS,
)

NOTE: Final = re.compile(
    r"^(?:editor['’]s note|correction|clarification|updated?|this (?:article|story|post|piece|report|essay) (?:was|has been|is|"
    r"originally|first|contains|appeared)|a version of this|originally published|first published|published|posted"
    r"|last (?:updated|modified)|the below|related|see also|also read|read (?:also|next)|recommended|more:|watch:|listen:"
    r"|sources?:|tags?:|topics?:|categories|filed under|share (?:this|on)|about (?:the author|this)|disclaimer|disclosure"
    r"|note:|photos?\b.{0,3}:|images?\b.{0,3}:|pictures?:|pictured\b|credits?:|caption:|video:|getty|file (?:photo|picture)"
    r"|anmerkung|hinweis:|aktualisiert|stand:|foto:|bild:|quelle:|siehe auch|dieser (?:artikel|text|beitrag) (?:ist|wurde|erschien)"
    r"|mis à jour|publié le|photo ?:|crédit|cet article (?:a|est)|source ?:|voir aussi"
    r"|actualizado|publicado|foto:|imagen:|fuente:|ver también|este art[ií]culo (?:fue|se))",
    _FLAGS,
)

CREDIT: Final = re.compile(
    r"\((?:photo|image|picture|file|credit|video|foto|bild|crédit|via|public domain|courtesy|supplied|getty|ap photo|reuters/)"
    r"[^)]*\)\W*$|\b(?:getty images|shutterstock|afp via|ap photo|istock|unsplash|picture alliance)\b",
    _FLAGS,
)

_BYLINE = re.compile(
    r"^(?:(?:posted |written |reported )?by|von|par|por|text:|autor(?:in)?:|auteur ?:)\s+(?=[A-ZÀ-Þ])", _FLAGS
)
_BIOGRAPHY = re.compile(
    r"\b(?:is|was) (?:a|an|the)\b.{0,60}\b(?:reporter|correspondent|columnist|contributor|staff writer|freelance|editor|journalist"
    r"|writer)\b.{0,60}\b(?:at|for|of|with|covering|who covers|based in)\b",
    _FLAGS,
)
_LIST = re.compile(r"^(?:[-*•·▪●■►–—▶✓]\s|\d{1,2}[.)]\s|[|#>{}<@]|\$\s)")
_DATE = re.compile(
    r"^\W*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b.{0,3})?(?:\d{1,2}[./ ]|jan|feb|mar|apr|may|june?|july?"
    r"|aug|sep|oct|nov|dec)[\w.]*[\s,/.-].{0,40}\b(?:19|20)\d\d\b.{0,30}$",
    _FLAGS,
)
_NAME_WORD = re.compile(r"[A-ZÀ-Þ][\w’'.-]*")
_MEETING = {"and", "und", "et", "y", "the", "of", "de", "&", "du", "la", "des", "del", "e", "for", "in", "on", "los"}


def kind_of(paragraph: str) -> str:
    """What the paragraph is, when it is no part of the story: for example "sign-up", "list", "byline"; else ""."""
    if _LIST.match(paragraph):
        return "list"
    if is_enumeration(paragraph):
        return "enumeration"
    short = len(paragraph) <= 400
    for kind, pattern in _PATTERNS:
        if pattern.search(paragraph) and (short or kind == "note"):
            return kind
    if _BYLINE.match(paragraph) and is_names(paragraph):
        return "byline"
    if short and _BIOGRAPHY.search(paragraph) and _NAME_WORD.match(paragraph):
        return "biography"
    return "date" if _DATE.match(paragraph) else ""


_PATTERNS = (("sign-up", SIGN_UP), ("promotion", PROMOTION), ("legal", LEGAL), ("note", NOTE), ("credit", CREDIT))


def is_enumeration(text: str) -> bool:
    """Whether the text only lists names: countries, categories, organisations."""
    parts = [part for part in re.split(r"[,;|·•]\s*", text) if part.strip()]
    if len(parts) < 4:
        return False
    named = sum(is_names(part) for part in parts)
    return named / len(parts) >= 0.8


def is_names(text: str) -> bool:
    """Whether every word is capitalised or joins capitalised ones."""
    words = re.findall(r"[\w’'.&-]+", text)
    return bool(words) and all(
        _NAME_WORD.match(word) or word.casefold() in _MEETING or word.isdigit() for word in words
    )
