# SPDX-License-Identifier: Apache-2.0
"""What a therapy does while the reservoir is in doubt: what the most demanding of its drugs asks for."""

from thecal.limits import Config, Library, SafeState
from thecal.state import Mode, State
from thecal.units import Concentrations


def is_any_drug_at(library: Library, old: Concentrations, new: Concentrations, safe_state: SafeState) -> bool:
    """Whether a drug that two fluids may hold asks for at least a safe state, by the most of each."""
    return any(drug.safe_state >= safe_state and (a > 0 or b > 0) for drug, a, b in zip(library, old, new))


def compute_demanded_mode(config: Config, state: State) -> Mode:
    """The mode that the most demanding of the drugs in path and reservoir asks for."""
    old = state.path.old.hi
    new = state.reservoir.fluid.hi
    if is_any_drug_at(config.library, old, new, SafeState.KEEP_BASAL):
        return Mode.DELIVERING
    if is_any_drug_at(config.library, old, new, SafeState.MINIMUM_RATE):
        return Mode.MINIMUM_RATE
    return Mode.STOPPED  # FLT-04


def compute_safe_mode(config: Config, state: State) -> Mode:
    """The mode of a running therapy in its safe state."""
    return compute_demanded_mode(config, state) if state.mode == Mode.DELIVERING else state.mode
