# SPDX-License-Identifier: Apache-2.0
"""Mutants that are the same kernel, and why: argued one by one."""

from collections.abc import Mapping
from types import MappingProxyType

EQUIVALENTS: Mapping[str, str] = MappingProxyType({})
