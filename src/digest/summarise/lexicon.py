"""Words that the rules of teasers turn on, in English, German, French and Spanish. Data only; decides nothing."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS: Final = _words(
    "mr mrs ms mx dr prof rev hon st sgt sr sra srta dra lt col gen cmdr adm capt maj cpl pvt sen rep gov pres supt "
    "messrs mme mlle mgr vs v approx fig figs vol no nos nr art abs bd cf ca e.g i.e p.ex p.ej z.b d.h u.a o.ä i.d.r "
    "bzw ggf evtl sog vgl hrsg geb gest ing dipl tel av avda núm pág págs ed eds cap ej ex al z d"
)
"""A full stop after these never ends a sentence (lower case, without the last dot)."""

OFTEN_LAST: Final = _words(
    "inc corp co ltd llc plc jr bros assn dept univ etc usw usf a.m p.m am pm u.s u.k u.n e.u d.c l.a n.y ph.d m.d b.a "
    "m.a jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave blvd rd mt ft calif conn fla "
    "ill mass mich minn ala ariz ark colo del ga ind kan ky la md miss mo mont neb nev okla ore pa tenn tex va vt wash "
    "wis wyo uu ee.uu s.a p.d.g min max std mio mrd tsd str"
)
"""A full stop after these ends a sentence only when a usual first word follows."""

STARTERS: Final = _words(
    "The A An In On At For But And He She It They We I You This That These Those There When While As If After Before "
    "Since With By From To However Meanwhile Now So Yet Its His Her Their Our My Not No What Who How Why Where Some "
    "Many Most All Both One Two According Last Such Then Also Although Because During Under Over Until Among Here Or "
    "Der Die Das Den Dem Ein Eine Es Er Sie Wir Ich Im In Am Auf Mit Für Und Aber Doch Nach Bei Von Zu Seit Wenn Als "
    "Le La Les Un Une Des Il Elle Ils Elles On Ce Cette Ces Dans En Pour Avec Mais Et Selon Au Aux Depuis Après "
    "El Los Las Una Unos Unas Con Por Para Pero Y Según Desde Tras Su Sus Este Esta Se No Lo Ha"
)
"""Usual first words of a sentence, as they are written there."""

ORDINAL_BEFORE: Final = _words(
    "am der des dem den vom zum im bis und die das ab seit jeden diesen beim zur ihr sein seinem seinen ihren ihrem no"
)
"""German words before an ordinal such as "3."; its dot ends no sentence."""

SAID: Final = _words(
    "said says told asked added wrote writes tweeted replied explained continued insisted argued warned announced "
    "sagte sagt fragte erklärte meinte schrieb dit déclaré dijo dice afirmó explicó señaló"
)
"""Verbs that name the speaker of a quotation."""

UNRESOLVED: Final = _words(
    "he she it they him her them his hers its their theirs this that these those such there here one ones "
    "er sie es ihm ihr ihn ihnen sein seine ihre dies diese dieser dieses jene jener jenes dort solche "
    "il elle ils elles lui leur leurs son sa ses ce cet cette ces ceci cela ça celui celle ceux celles y "
    "él ella ellos ellas ello su sus este esta estos estas esto ese esa esos esas eso aquel aquella aquello allí"
)
"""First words that point back to something a reader of the teaser has not seen."""

CONNECTIVES: Final = _words(
    "but however and or nor so yet meanwhile then also moreover furthermore besides additionally nevertheless "
    "nonetheless still instead therefore thus hence otherwise afterwards consequently similarly likewise anyway "
    "because indeed finally secondly thirdly plus too again though "
    "aber doch jedoch und oder denn dann auch außerdem zudem trotzdem dennoch deshalb daher also somit folglich "
    "allerdings inzwischen unterdessen schließlich stattdessen ferner darum dagegen hingegen dabei damit dazu "
    "mais et ou donc or ni car cependant toutefois pourtant néanmoins ensuite puis aussi ainsi alors enfin "
    "pero y o sino aunque además también entonces luego así mientras finalmente sin embargo"
)
"""First words that lean on a sentence before."""
