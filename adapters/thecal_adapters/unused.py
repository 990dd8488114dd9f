# SPDX-License-Identifier: Apache-2.0
"""The part of the report that shows the lines of the kernel that no proof needs, each with its reason."""

from collections.abc import Iterator

from thecal_adapters import line_record
from thecal_adapters.evidence import Evidence
from thecal_adapters.finding import find_kernel
from thecal_adapters.line_record import REASONS
from thecal_adapters.mutants import find_killer

HEAD = """\
## Lines that no proof needs

A line is needed where a proof fails if what the line computes may be anything. These are not; each in parentheses with
the claims that notice when it is broken. Not counted are TOT-01 and TOT-02, which speak of every line there is, and
docstrings, types, constants and imports, which compute nothing at run time."""


def render_unused(evidence: Evidence) -> str:
    """The lines by reason; those that compute something one by one."""
    return "\n".join((HEAD, "", *_list_reasons(evidence)))


def _list_reasons(evidence: Evidence) -> Iterator[str]:
    if evidence.lines is None:
        yield "Not asked of this text: `thecal prove --lines --record`."
        return
    whole, every = evidence.lines["whole"], evidence.lines["obligations"]
    yield f"Of {every:,} proofs {whole:,} were too much to weigh; of these all that was asked counts as needed."
    for reason, lines in evidence.lines["unused"].items():
        yield f"\n**{reason.capitalize()}** ({line_record.count(lines):,}): {REASONS[reason]}.\n"
        if reason == "handing on":
            yield f"{line_record.tell(lines) or 'None'}."
            continue
        found = list(line_record.read_lines(lines))
        yield from (_tell_line(evidence, line) for line in found)
        if not found:
            yield "None."


def _tell_line(evidence: Evidence, line: tuple[str, int]) -> str:
    file, number = line
    by = ", ".join(list_noticing(evidence, line))
    place = f"[{file}:{number}](../kernel/thecal/{file}#L{number})"
    return f"- {place} `{read_line(line)}` ({by or 'nobody'})"


def read_line(line: tuple[str, int]) -> str:
    """The text of a line."""
    file, number = line
    text = (find_kernel() / file).read_text(encoding="utf-8").splitlines()
    return text[number - 1].strip() if number <= len(text) else ""


def list_noticing(evidence: Evidence, line: tuple[str, int]) -> list[str]:
    """The properties that are first to notice a mutant of a line."""
    if evidence.mutants is None:
        return []
    place = f"{line[0]}:{line[1]}"
    found = (find_killer(told) for _, at, told in evidence.mutants["mutants"] if at == place)
    return sorted({name for name in found if name})
