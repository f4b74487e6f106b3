"""Words of one language are put into a template while it is compiled, and it says what it said before."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from digest.web.folding import FoldedWords

GERMAN = {"Save": "Sichern", "<b>": "<i>", "For %(name)s": "Für %(name)s", "": ""}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{{ _("Save") }}', "Sichern"),
        ("{{ _('<b>') }}", "&lt;i&gt;"),
        ('{{ _("For %(name)s", name=who) }}', "Für Ada &amp; Co"),
        ('{{ _("Save") ~ _("Save") }}', "SichernSichern"),
        ('{{ _(_("Save")) }}', "Sichern!"),
        ('{{ _(who) }}{{ _( "Save" ) if yes else _("<b>") }}', "Ada &amp; Co!Sichern"),
        ('{{ say(_("Save"), _=1) }}', "Sichern1"),
        ('{% set said = {"save": _("Save")} %}{{ said["save"] }}', "Sichern"),
        ('_("Save") {# _("Save") #}', '_("Save") '),
    ],
)
def test_a_template_says_what_it_said_before(source: str, said: str):
    environment = Environment(autoescape=True, extensions=[FoldedWords])
    environment.globals["_"] = lambda text, **values: GERMAN.get(text, f"{text}!") % values
    template = environment.from_string(source)
    assert template.render(who="Ada & Co", yes=True, say=lambda text, _: f"{text}{_}") == said


def test_a_plain_text_is_not_looked_up_again_for_each_page():
    asked = []
    environment = Environment(autoescape=True, extensions=[FoldedWords])
    environment.globals["_"] = lambda text: asked.append(text) or text
    template = environment.from_string('{% macro m() %}{{ _("Save") }}{% endmacro %}{{ m() }}')
    assert [template.render() for _ in range(3)] == ["Save"] * 3
    assert asked == ["Save"]
