# SPDX-License-Identifier: Apache-2.0
"""Every word of the pages, in one catalogue for each language (gettext).

The kernel's numbers are keyed by themselves, under a context: ``response`` 15, ``alarm`` 3, ``mode`` 1; faults and
slips by their names. What stands in pages and modules is keyed by its English text. Amounts are no words: they are
told by the one printer of doses.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from thecal.outcome import Response
from thecal.state import Alarm, Mode
from thecal_adapters.doses import Rejection, tell_percent
from thecal_adapters.doses.reading import Fault

LANGUAGES = {"en": "English", "de": "Deutsch"}
SOURCE = "en"
_FOLDER = files("thecal_adapters") / "programmer" / "catalogue"


def mark(text: str) -> str:
    """Mark a text of a module for the catalogue; it is translated where it is shown."""
    return text


@cache
def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language."""
    return read_po(BytesIO((_FOLDER / f"{language}.po").read_bytes()), locale=language, abort_invalid=True)


def choose_language(accepted: str) -> str:
    """The first language that a browser asks for and that is there."""
    for part in accepted.split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return SOURCE


class Texts:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = read_catalogue(language)

    def __call__(self, text: str, **values: object) -> str:
        """A text of the pages, its places filled."""
        found = text if self.language == SOURCE else self._find(text, None)
        return found.format(**values) if values else found

    def _find(self, text: str, context: str | None) -> str:
        message = self._catalogue.get(text, context)
        if message is None or not isinstance(message.string, str) or not message.string:
            return text if context is None else f"{context} {text}"
        return message.string

    def response(self, response: Response) -> str:
        """What the kernel answered, for a clinician."""
        return self._find(str(int(response)), "response")

    def plain(self, response: Response) -> str:
        """What the kernel answered to a patient, in plain words."""
        return self._find(str(int(response)), "patient")

    def alarm(self, alarm: Alarm) -> str:
        """What an alarm says."""
        return self._find(str(int(alarm)), "alarm")

    def advice(self, alarm: Alarm) -> str:
        """What to do about an alarm."""
        return self._find(str(int(alarm)), "advice")

    def mode(self, mode: Mode) -> str:
        """What the pump is doing."""
        return self._find(str(int(mode)), "mode")

    def percent(self, part: int, whole: int) -> str:
        """A share in per cent: exact where one digit holds it, else between two neighbours."""
        return tell_percent(part, whole, to=self("{lo} to {hi}", lo="", hi=""))

    def slip(self, name: str) -> str:
        """What somebody may have entered wrongly."""
        return self._find(name, "slip")

    def rejection(self, rejection: Rejection, sample: str) -> str:
        """What is wrong with an amount, and what to write."""
        if rejection.fault is Fault.ERROR_PRONE_UNIT:
            advice = self("Write {unit}.", unit=rejection.advice.removeprefix("write "))
        else:
            advice = self("Write, for example, {sample}.", sample=sample)
        return f"{self._find(rejection.fault.name, 'fault')} {advice}"
