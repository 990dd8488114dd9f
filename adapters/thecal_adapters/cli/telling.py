# SPDX-License-Identifier: Apache-2.0
"""Where words go: colour and live views on a terminal, plain lines elsewhere, JSON apart from both.

With ``--json -`` the standard output belongs to the JSON alone, and words go to the standard error.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec

import typer
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from thecal_adapters.codec import Refused, write
from thecal_adapters.exits import Exit
from thecal_adapters.files import expect_room, tell_wrong
from thecal_adapters.finding import Missing

P = ParamSpec("P")
STYLES = {
    "proved": "green",
    "refuted": "bold red",
    "vacuous": "bold red",
    "unknown": "yellow",
    "unsupported": "yellow",
    "unstated": "cyan",
}


class WrongUse(Exception):
    """The command was not used as it can be; the message says how it can."""


def tell_count(number: int, one: str, many: str) -> str:
    """A number of things: ``1 life``, ``2,000 lives``."""
    return f"{number:,} {one if number == 1 else many}"


class Teller:
    """One command's way to tell things."""

    def __init__(self, json_to: str | None) -> None:
        self._json_to = json_to
        if json_to not in (None, "-"):
            expect_room("--json", Path(json_to))
        self.console = Console(stderr=json_to == "-", highlight=False, emoji=False, markup=False)

    @property
    def is_live(self) -> bool:
        """Whether somebody watches, on a terminal that can be written over."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    def line(self, text: str = "", style: str = "") -> None:
        """Tell one line. The style adds nothing that the words do not say."""
        self.text(Text(text, style=style))

    def text(self, text: Text) -> None:
        """Tell one line that has its own styles; it is not broken, so that others can read it back."""
        self.console.print(text, soft_wrap=True)

    @contextmanager
    def live(self) -> Iterator[Callable[[RenderableType], None]]:
        """Give a function that shows something in place of what it showed before; it does nothing off a terminal."""
        if not self.is_live:
            yield lambda _: None
            return
        with Live(console=self.console, auto_refresh=False, transient=True) as live:
            yield lambda renderable: live.update(renderable, refresh=True)

    def json(self, value: object) -> None:
        """Write the JSON where it was asked for, if it was."""
        if self._json_to == "-":
            sys.stdout.write(write(value))
            sys.stdout.flush()
        elif self._json_to is not None:
            try:
                Path(self._json_to).write_text(write(value), encoding="utf-8", newline="\n")
            except OSError as error:
                raise WrongUse(f"--json: {self._json_to}: {tell_wrong(error)}") from None


def end(status: Exit) -> NoReturn:
    """End the command with a status."""
    raise typer.Exit(int(status))


def guarded(command: Callable[P, Exit]) -> Callable[P, None]:
    """Give every end of a command its status: an error of this program is no finding about the kernel."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            status = command(*args, **kwargs)
            sys.stdout.flush()
        except (WrongUse, Refused) as wrong:
            _complain(str(wrong))
            status = Exit.WRONG_USE
        except Missing as missing:
            _complain(str(missing))
            status = Exit.UNDECIDED
        except KeyboardInterrupt:
            _complain("interrupted: nothing is decided")
            status = Exit.UNDECIDED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = Exit.UNDECIDED
        except typer.Exit:
            raise
        except Exception:
            traceback.print_exc()
            _complain("this is an error of thecal itself, and says nothing about the kernel")
            status = Exit.UNDECIDED
        end(status)

    return run


def _complain(text: str) -> None:
    print(f"thecal: {text}", file=sys.stderr)
