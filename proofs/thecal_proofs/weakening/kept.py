# SPDX-License-Identifier: Apache-2.0
"""Changes of a statement that take nothing from it, and why: argued, one reason a group.

What the solver proves needs no line here (see `strength`). A test keeps the list to changes that exist.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Why, and of which.
ARGUED: tuple[tuple[str, tuple[str, ...]], ...] = ()

KEPT: Mapping[str, str] = MappingProxyType({name: reason for reason, names in ARGUED for name in names})
