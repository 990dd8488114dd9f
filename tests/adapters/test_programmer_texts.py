# SPDX-License-Identifier: Apache-2.0
"""The catalogues are whole: each number of the kernel, each fault and each text of a page, in each language."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from thecal.outcome import Response
from thecal.state import Alarm, Mode
from thecal_adapters.checking.mistakes import Slip
from thecal_adapters.doses.reading import Fault
from thecal_adapters.programmer.pages.record import WHATS
from thecal_adapters.programmer.texts import LANGUAGES, Texts, choose_language, read_catalogue

FOLDER = Path(str(files("thecal_adapters") / "programmer"))
TO_A_PATIENT = (Response.BOLUS_GRANTED, *(each for each in Response if each.name.startswith("REFUSED_BOLUS")))
NEVER_TO_A_PATIENT = (Response.REFUSED_BOLUS_MALFORMED, Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT)  # who enters nothing

by_language = pytest.mark.parametrize("language", list(LANGUAGES))


def find_texts() -> Iterator[str]:
    """Every text of templates and modules that is to be translated."""
    for file in sorted(FOLDER.rglob("*.html")):
        for _, _, found in extract_from_ast(Environment().parse(file.read_text(encoding="utf-8")), ["_"]):
            yield from (text for text in (found if isinstance(found, tuple) else (found,)) if text)
    for file in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                yield from find_call_text(node, node.args[0].value)


def find_call_text(node: ast.Call, value: object) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    is_translated = name in ("_", "mark", "texts") or ast.unparse(node.func) == "self"
    if is_translated and isinstance(value, str):
        yield value


TEXTS = sorted(set(find_texts()))


def find_message(catalogue: Catalog, text: str, context: str | None = None) -> str:
    message = catalogue.get(text, context)
    assert message is not None, f"{catalogue.locale}: {context} {text!r} is missing"
    assert isinstance(message.string, str)
    assert message.string.strip(), f"{catalogue.locale}: {context} {text!r} is empty"
    assert not message.fuzzy
    return message.string


def find_places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@by_language
def test_every_number_of_the_kernel_has_words(language: str) -> None:
    catalogue = read_catalogue(language)
    for context, numbers in (("response", Response), ("alarm", Alarm), ("advice", Alarm), ("mode", Mode)):
        found = [find_message(catalogue, str(int(each)), context) for each in numbers]
        assert context in ("response", "advice") or len(set(found)) == len(found)


@by_language
def test_every_answer_to_a_patient_has_plain_words(language: str) -> None:
    catalogue = read_catalogue(language)
    for response in (*TO_A_PATIENT, Response.REFUSED_RESERVOIR_IS_IN_DOUBT):
        if response not in NEVER_TO_A_PATIENT:
            words = find_message(catalogue, str(int(response)), "patient")
            assert not re.search(r"[A-Z]{3,}|_|bolus|refused", words), words


@by_language
def test_every_fault_of_an_amount_has_words(language: str) -> None:
    for fault in Fault:
        find_message(read_catalogue(language), fault.name, "fault")


def test_whatever_is_put_on_record_has_words() -> None:
    noted = set()
    for file in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", "")
            if isinstance(node, ast.Call) and name in ("note", "add") and ast.unparse(node.func) != "form.note":
                place = {"note": 0, "add": 2}[name]
                noted |= {each.value for each in node.args[place : place + 1] if isinstance(each, ast.Constant)}
    assert noted == {*WHATS}


@by_language
def test_every_slip_of_the_pen_has_words(language: str) -> None:
    for slip in Slip:
        find_message(read_catalogue(language), slip.name, "slip")


@by_language
def test_a_refusal_begins_by_saying_so(language: str) -> None:
    begin = {"en": ("Refused",), "de": ("Abgelehnt", "Nur nach Spülen")}[language]
    for response in Response:
        words = find_message(read_catalogue(language), str(int(response)), "response")
        assert response.name.startswith("REFUSED") == words.startswith(begin), words


def test_pages_have_texts() -> None:
    assert len(TEXTS) > 250


def test_every_text_is_translated_with_its_places() -> None:
    for text in TEXTS:
        assert find_places(find_message(read_catalogue("de"), text)) == find_places(text), text


def test_no_translation_is_left_over() -> None:
    unused = [
        message.id for message in read_catalogue("de") if message.id and not message.context and message.id not in TEXTS
    ]
    assert unused == []


def test_templates_hold_no_words_beside_the_catalogue() -> None:
    found = []
    for file in sorted(FOLDER.rglob("*.html")):
        bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [f"{file.name}: {word}" for word in re.findall(r"[A-Za-z]{2,}", bare) if word != "thecal"]
    assert found == []


def test_the_language_is_the_first_that_is_there() -> None:
    assert [choose_language(each) for each in ("fr, de-AT;q=0.8, en", "en-GB,de", "", "xx")] == ["de", "en", "en", "en"]


def test_places_are_filled() -> None:
    assert Texts("de")("Hard limit: {limit}.", limit="20 mg/day") == "Feste Grenze: 20 mg/day."
