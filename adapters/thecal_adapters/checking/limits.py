# SPDX-License-Identifier: Apache-2.0
"""The published limits that a program is held against, each with its source and how sure it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from thecal.limits import Config
from thecal.units import DAY_S, HOUR_S
from thecal_adapters.checking.amounts import Amount
from thecal_adapters.library import Figure, Kind, decode_drug, find_entry, list_names

# The library's fields, what they limit, and in which window; the soft one asks for a decision on the record.
FIELDS = (("day_fg_soft", "soft limit of 24 h", DAY_S), ("day_fg_max", "hard limit of 24 h", DAY_S),
          ("hour_fg_max", "hard limit of an hour", HOUR_S))  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """A limit of one drug, and the most that any window brings: the bound, never what was merely reached."""

    drug: str
    name: str
    limit_fg: int
    most_fg: int
    source: str
    certainty: str


def list_limits(config: Config, drugs: Sequence[str], amounts: Sequence[Amount]) -> Iterator[Limit]:
    """Every limit of every drug that is given."""
    for place, drug in enumerate(drugs):
        figures = _find_figures(config, place, drug)
        for field, name, length_s in FIELDS:
            most = [each.most.bound_fg for each in amounts if each.drug == place and each.length_s == length_s]
            if most:
                limit_fg: int = getattr(config.library[place], field)
                figure = figures.get(field)
                source = "the site's library" if figure is None else figure.source
                yield Limit(drug, name, limit_fg, max(most), source, "" if figure is None else figure.certainty.value)


def _find_figures(config: Config, place: int, drug: str) -> Mapping[str, Figure]:
    """The shipped figures of a drug, if they are those of the configuration."""
    if drug not in list_names(Kind.DRUG):
        return {}
    entry = find_entry(Kind.DRUG, drug)
    return entry.limits if decode_drug(entry) == config.library[place] else {}
