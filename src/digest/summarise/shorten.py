"""Shortens a sentence by leaving out asides: takes a sentence that is too long, gives shorter ones, the longest first.

An aside is text in brackets or between dashes, a relative clause after the subject, or one last relative or participle
clause. What carries the claim is never left out: nobody's attribution, no negation, no condition, no quotation, and
nothing next to a list. The words that stay are in their order, and no word is added.
"""

from __future__ import annotations

import re

from digest.summarise.lexicon import SAID

_BRACKETS = re.compile(r"\s?\([^()]*\)(?=[\s,;:.!?—–])")
_DASHES = re.compile(r"(?:\s[—–]\s[^—–]+\s[—–](?=\s)|(?<=\w)—[^—–]+—(?=\w))")
_AFTER_SUBJECT = re.compile(
    r"(?<=\w), (?:who|which|whose|where|the|an?|[a-z]+ed) [^,;:()—–]+,"
    r"(?= (?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|does|did|says|said|told|appears?|seems?"
    r"|wants?|plans?|[a-z]+ed)\b)"
)
_LAST = re.compile(
    r"(?:,| [—–]) (?P<word>which|who|whose|where|wherein|as(?! (?:well|much|long|many|if|though|soon|far|of)\b)|after"
    r"|while|when|amid|following|before|with|in|[a-z]+ing) [^,;:()—–]+(?=[.!?]$)"
)
_NO_PARTICIPLE = re.compile(
    r"includ|exclud|dur|accord|regard|concern|follow|pend|barr|be|hav|say|cit|quot|tell|claim|alleg|suggest|warn|argu"
    r"|noth|someth|anyth|everyth|morn|even|spr|k|build|hous"
)
"""What before "ing" makes no participle that could be left out; those that name a speaker are among them."""
_CARRIES = re.compile(
    rf"\b(?:{'|'.join(sorted(SAID))}|according|accus\w+|alleg\w+|claim\w*|report\w*|not|no|never|none|nor|neither|without"
    r"|if|unless|except|only|whether|however|but|although|though|despite|until"
    r"|nicht|kein\w*|nie|ohne|wenn|falls|außer|laut|ne|pas|jamais|sans|si|sauf|selon|nunca|sin|salvo|según)\b|n['’]t\b|[\"“”„«»]",
    re.IGNORECASE,
)
_NAMES_BEFORE = re.compile(r", [A-ZÀ-Þ][^,]*, [A-ZÀ-Þ][^,]*$")
_PARTICIPLE_BEFORE = re.compile(r"[,:;] (?!according|including)\w+ing [^,;:]*$")
"""What stands before the last member of a list: names, or one participle after another."""
_NO_SUBJECT = re.compile(
    r"(?:In|On|At|After|Before|As|When|While|With|For|By|From|To|If|Since|Although|Though|Because|Given|Once|Unless|Until"
    r"|Despite|During|Under|Among|Amid|Like|Unlike|About|Through|Following|According|Based|\w+ing) "
)
_ASIDES = (_BRACKETS, _DASHES)
_ASIDES_ENGLISH = (*_ASIDES, _AFTER_SUBJECT, _LAST, _LAST)
_LEAST = 60
"""Characters that have to stay."""


def shortened(sentence: str, language: str, most_chars: int) -> tuple[str, ...]:
    """Its faithful shorter forms of at most `most_chars` characters, the longest first; none when it has none."""
    forms = [sentence]
    for aside in _ASIDES_ENGLISH if language == "en" else _ASIDES:
        forms += [form for one in forms if (form := _without(aside, one)) != one]
    fitting = {form for form in forms[1:] if _LEAST <= len(form) <= most_chars}
    return tuple(sorted(fitting, key=lambda form: (-len(form), form)))


def _without(aside: re.Pattern[str], sentence: str) -> str:
    """The sentence without its asides of that kind."""
    return aside.sub(_left_out, sentence)


def _left_out(match: re.Match[str]) -> str:
    """What stands in the place of an aside: nothing, or all of it where it carries the claim."""
    if _CARRIES.search(match[0]) or not _is_apart(match):
        return match[0]
    return " " if match[0].startswith("—") else ""


def _is_apart(match: re.Match[str]) -> bool:
    """Whether the sentence is whole without the clause: its subject and verb stand elsewhere, and it is in no list."""
    before = match.string[: match.start()]
    if match.re is _AFTER_SUBJECT:
        return not (_NO_SUBJECT.match(before) or set(before) & set(",;:—–"))
    if match.re is not _LAST:
        return True
    if _NAMES_BEFORE.search(before) or (_NO_SUBJECT.match(before) and "," not in before):
        return False
    stem = match["word"].removesuffix("ing")
    is_participle = stem != match["word"]
    return not (is_participle and (_NO_PARTICIPLE.fullmatch(stem) or _PARTICIPLE_BEFORE.search(before)))
