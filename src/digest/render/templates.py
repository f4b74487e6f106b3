"""Where templates are found and how they are rendered: a project's own folder first, then the shipped one.

Takes template names and variables, gives text. Knows nothing of issues. Every expression is cleaned of control
characters; MJML and HTML are escaped, CSS and the text part are not.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
    select_autoescape,
)
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup

from digest.config.shipped import shipped
from digest.errors import TemplateError
from digest.render.check import check
from digest.render.typography import event_dates, leaf_month, underlined, wrap
from digest.words import ENGLISH

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class KeptCode(BytecodeCache):
    """What Jinja2 compiled in this process, for environments made anew: of those only the changed files are compiled.

    Not for environments whose options or extensions differ.
    """

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja2 asks; what came from another text is not taken."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja2 tells."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_CODE = KeptCode()


class Templates:
    """A Jinja2 environment over the email templates."""

    def __init__(self, own: Path | None = None) -> None:
        """`own`: a project's folder laid out like templates/, whose files override single shipped ones."""
        self._folders = [folder / "email" for folder in (own, shipped("templates")) if folder]
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in self._folders]),
            autoescape=select_autoescape(enabled_extensions=("mjml", "html"), disabled_extensions=("txt", "css")),
            undefined=StrictUndefined,
            finalize=_clean,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", _Checked],
            bytecode_cache=_CODE,
        )
        self._environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined] # added by i18n
        self._environment.filters |= {
            "wrap": wrap, "underlined": underlined, "leaf_month": leaf_month, "event_dates": event_dates,
        }  # fmt: skip

    def source(self, name: str) -> str:
        """The text of a template file as it is. Raises TemplateError when there is none."""
        return self._load(name)[0]

    def file(self, name: str) -> str:
        """The path of the file that a template name stands for, for messages."""
        return self._load(name)[1]

    def names(self) -> list[str]:
        """All templates in force, by name; a theme's tokens are none."""
        return [name for name in self._environment.list_templates() if not name.endswith(".toml")]

    def themes(self) -> list[str]:
        """The names of all themes, shipped and own."""
        found = self._environment.list_templates(filter_func=lambda name: name.endswith("/theme.toml"))
        return [name.split("/")[-2] for name in found]

    def load(self, name: str) -> None:
        """Reads and checks one template without rendering it. Raises TemplateError with "FILE:LINE"."""
        with self._located(name):
            self._select((name,))

    def render(self, name: str, variables: Mapping[str, object]) -> str:
        """Renders one template. Raises TemplateError with "FILE:LINE"."""
        return self.render_first((name,), variables)

    def render_first(self, names: tuple[str, ...], variables: Mapping[str, object]) -> str:
        """Renders the first of these templates that exists: a theme's own file before the common one."""
        with self._located(names[-1]):
            return self._select(names).render(variables)

    @contextmanager
    def _located(self, name: str) -> Iterator[None]:
        """Turns what Jinja2 raises into TemplateErrors that say where; `name` where nothing better is known."""
        try:
            yield
        except TemplateSyntaxError as error:
            place = f"{error.filename or error.name}:{error.lineno}"
            raise TemplateError(place, error.message or "syntax error", "correct the Jinja2 syntax there") from error
        except TemplateNotFound as error:
            looked = ", ".join(str(folder) for folder in self._folders)
            raise TemplateError(f"{error.name}:0", "no such template", f"put it into one of: {looked}") from error
        except (UndefinedError, TypeError, ValueError, KeyError, AttributeError) as error:
            place = self._place(error) or f"{name}:0"
            raise TemplateError(place, str(error), "use a name that this block is given") from error

    def _select(self, names: tuple[str, ...]) -> Template:
        return self._environment.select_template(list(names))

    def _load(self, name: str) -> tuple[str, str]:
        loader = self._environment.loader
        try:
            text, file, _ = loader.get_source(self._environment, name) if loader else ("", "", None)
        except TemplateNotFound as error:
            looked = ", ".join(str(folder) for folder in self._folders)
            raise TemplateError(f"{name}:0", "no such template", f"put it into one of: {looked}") from error
        return text, file or name

    def _place(self, error: Exception) -> str:
        """The innermost line of a template that the error passed through."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if any(Path(frame.filename).is_relative_to(folder) for folder in self._folders):
                return f"{frame.filename}:{frame.lineno}"
        return ""


class _Checked(Extension):
    """Has every MJML and CSS template checked when it is loaded, and again when its file changes."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if name and name.endswith((".mjml", ".css")):
            check(source, name, filename or name)
        return source


@pass_context
def _gettext(context: Context, message: str) -> str:
    """From the catalog that the template was given; English without."""
    return str(context.get("catalog", ENGLISH).gettext(message))


@pass_context
def _ngettext(context: Context, one: str, more: str, number: int) -> str:
    return str(context.get("catalog", ENGLISH).ngettext(one, more, number))


def _clean(value: object) -> object:
    """Text without what neither XML nor a mail may hold: control characters, lone surrogates, non-characters.

    Markup is what a macro made of expressions that were cleaned before.
    """
    return _UNSAFE.sub(" ", value) if isinstance(value, str) and not isinstance(value, Markup) else value
