# SPDX-License-Identifier: Apache-2.0
"""Where two executions of one function go on alike: where nothing but its locals tells them apart.

That is so after a condition that leaves CPython's value stack empty. What the stack holds there follows from the code
alone, by the standard library's `dis`; so a join needs no look at the source.
"""

import dis
import inspect
from functools import lru_cache
from itertools import pairwise
from types import CodeType, FrameType

SKIPPED = ("POP_TOP", "NOT_TAKEN", "NOP", "CACHE")  # what may come between a condition and what it leads to
ITEMS = ".0"  # what a generator runs over: one item here, and past it where a join may be
ENDS = ("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE")


@lru_cache(maxsize=64)
def read_code(code: CodeType) -> tuple[dict[int, dis.Instruction], dict[int, int], dict[int, int]]:
    """The instructions of a function, which follows which, and how much the stack holds before each."""
    listed = list(dis.get_instructions(code))
    at = {instruction.offset: instruction for instruction in listed}
    after = {a.offset: b.offset for a, b in pairwise(listed)}
    depths: dict[int, int] = {}
    todo = [(0, 0)]
    while todo:
        offset, depth = todo.pop()
        if offset in depths:
            continue
        depths[offset] = depth
        here = at[offset]
        argument = here.arg if here.opcode >= dis.HAVE_ARGUMENT else None
        if is_jump(here):
            todo.append((here.argval, depth + dis.stack_effect(here.opcode, argument, jump=True)))
        if here.opname not in ENDS and not is_certain(here) and offset in after:
            todo.append((after[offset], depth + dis.stack_effect(here.opcode, argument, jump=False)))
    return at, after, depths


def is_jump(instruction: dis.Instruction) -> bool:
    """Whether an instruction may lead elsewhere than to the next one."""
    return instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs


def is_certain(instruction: dis.Instruction) -> bool:
    """Whether an instruction always leads elsewhere."""
    return is_jump(instruction) and instruction.opname.startswith("JUMP_") and "_IF_" not in instruction.opname


def find_next(frame: FrameType, outcome: bool) -> int | None:
    """Where a frame that asks for a truth goes on, if nothing but its locals counts there."""
    at, after, depths = read_code(frame.f_code)
    here = at.get(frame.f_lasti)
    if here is not None and here.opname == "TO_BOOL":
        here = at.get(after[here.offset])
    if here is None or "JUMP" not in here.opname or "_IF_" not in here.opname or "NONE" in here.opname:
        return None
    offset = here.argval if ("IF_TRUE" in here.opname) == outcome else after[here.offset]
    while at[offset].opname in SKIPPED:
        offset = after[offset]
    return int(offset) if depths.get(offset) == find_base(frame.f_code) else None


def find_base(code: CodeType) -> int:
    """How much the stack holds where it is empty but for what a generator runs over."""
    at, _, depths = read_code(code)
    if not code.co_flags & inspect.CO_GENERATOR:
        return 0
    return next(depths[offset] for offset in sorted(depths) if at[offset].opname == "FOR_ITER")
