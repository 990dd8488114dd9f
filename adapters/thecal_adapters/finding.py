# SPDX-License-Identifier: Apache-2.0
"""Finds, when asked for and not before, what may not be imported: extras, provers, the catalogue, the repository."""

import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import thecal

# What each extra brings, by the name under which it is imported.
EXTRA_OF = {
    "babel": "programmer",
    "cryptography": "serial",
    "cvc5": "proofs",
    "fhir": "fhir",
    "jinja2": "programmer",
    "jsonschema": "cli",
    "matplotlib": "picture",
    "rich": "cli",
    "serial": "serial",
    "starlette": "programmer",
    "typer": "cli",
    "uvicorn": "programmer",
    "z3": "proofs",
}


class Missing(Exception):
    """Something that is needed is not installed or not there; the message says what brings it."""


def explain_missing(name: str) -> str:
    """Say which extra brings a module."""
    extra = EXTRA_OF.get(name)
    if extra is None:
        return f"The Python package {name!r} is missing."
    return f"The Python package {name!r} is missing. Bring it with: pip install 'thecal[{extra}]'"


def find_module(name: str) -> ModuleType:
    """A module by its name, or ``Missing``, which says what would bring it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise Missing(explain_missing((error.name or name).split(".")[0])) from error


def find_repository() -> Path | None:
    """The root of the repository from which the kernel is imported, or None where it was installed from a wheel."""
    for folder in Path(thecal.__file__).resolve().parents:
        project = folder / "pyproject.toml"
        if project.is_file() and tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"] == "thecal":
            return folder
    return None


def require_repository() -> Path:
    """The root of the repository, or ``Missing``."""
    root = find_repository()
    if root is None:
        raise Missing("This needs the repository: install from a clone with pip install -e .")
    return root


def find_kernel() -> Path:
    """The folder of the kernel that is imported."""
    return Path(thecal.__file__).resolve().parent
