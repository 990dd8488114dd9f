# SPDX-License-Identifier: Apache-2.0
"""What carries bytes: a serial port, or one end of a pseudo-terminal. Nothing here waits longer than it is told to."""

import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import serial

from thecal_adapters.line.frames import STUFFED_BYTES_MAX
from thecal_adapters.line.limits import READ_BYTES_MAX

BAUD = 115_200
BITS_IN_A_BYTE = 10  # with those that start and stop it
WRITE_S_MAX = 0.5  # a peer that does not read gets no more than this, and the time that its largest frame takes


class LinkDown(Exception):
    """The port cannot be used: it is gone, or somebody else has it. The message is the system's."""


class Wire(Protocol):
    """Carries bytes both ways, and may lose any of them."""

    def read(self, wait_s: float) -> bytes:
        """What has come, at most ``READ_BYTES_MAX`` bytes; empty if nothing comes in time. Raises ``LinkDown``."""
        ...

    def write(self, data: bytes) -> None:
        """Send, or lose what the peer does not take in time. Raises ``LinkDown``."""
        ...

    def close(self) -> None:
        """Let go of the port."""
        ...


class SerialWire:
    """A serial port, by pyserial; for as long as it is open nobody else has it."""

    def __init__(self, port: str, baud: int = BAUD) -> None:
        write_s = WRITE_S_MAX + compute_sending_s(STUFFED_BYTES_MAX, baud)
        try:
            self._serial = serial.Serial(port, baud, timeout=0, write_timeout=write_s, exclusive=_exclusive())
        except (OSError, ValueError) as error:  # SerialException is an OSError, with a number or without
            number = getattr(error, "errno", None)
            raise LinkDown(f"{port}: {os.strerror(number) if number else error}") from error

    def read(self, wait_s: float) -> bytes:
        """See ``Wire``."""
        try:
            self._serial.timeout = wait_s
            first: bytes = self._serial.read(1)
            if not first:
                return first
            waiting = min(self._serial.in_waiting, READ_BYTES_MAX - 1)
            self._serial.timeout = 0
            return first + self._serial.read(waiting)
        except (OSError, TypeError) as error:  # pyserial's own use of a port closed meanwhile
            raise LinkDown(str(error)) from error

    def write(self, data: bytes) -> None:
        """See ``Wire``."""
        try:
            self._serial.write(data)
        except serial.SerialTimeoutException:
            with suppress(OSError):
                self._serial.reset_output_buffer()
        except OSError as error:
            raise LinkDown(str(error)) from error

    def close(self) -> None:
        """See ``Wire``."""
        with suppress(OSError):
            self._serial.close()


def compute_sending_s(count: int, baud: int) -> float:
    """How long so many bytes take on a line of so many bits a second."""
    return count * BITS_IN_A_BYTE / baud


def _exclusive() -> bool | None:
    return True if os.name == "posix" else None  # elsewhere the system itself gives a port to one alone


class SharedPort:
    """One port for several links that take turns. Whoever lets go of it closes it; the next one opens it again."""

    def __init__(self, open_wire: Callable[[], Wire]) -> None:
        self._open_wire = open_wire
        self._wire: Wire | None = None

    def open(self) -> Wire:
        """The port, opened if it was closed."""
        if self._wire is None:
            self._wire = self._open_wire()
        return self

    def _require(self) -> Wire:
        if self._wire is None:
            raise LinkDown("the port was closed meanwhile")
        return self._wire

    def read(self, wait_s: float) -> bytes:
        """See ``Wire``."""
        return self._require().read(wait_s)

    def write(self, data: bytes) -> None:
        """See ``Wire``."""
        self._require().write(data)

    def close(self) -> None:
        """See ``Wire``."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None


class PtyWire:
    """The near end of a new pseudo-terminal; ``name`` is its far end, which any program opens like a serial port."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise LinkDown("Windows has no pseudo-terminals; name a port")
        import tty

        self._near, self._far = os.openpty()  # the far end is kept open, so that hosts may come and go
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.name = os.ttyname(self._far)

    def read(self, wait_s: float) -> bytes:
        """See ``Wire``."""
        try:
            ready, _, _ = select.select([self._near], [], [], wait_s)
            return os.read(self._near, READ_BYTES_MAX) if ready else b""
        except (OSError, ValueError) as error:
            raise LinkDown(str(error)) from error

    def write(self, data: bytes) -> None:
        """See ``Wire``."""
        until_s = time.monotonic() + WRITE_S_MAX
        try:
            while data and (left_s := until_s - time.monotonic()) > 0:
                _, ready, _ = select.select([], [self._near], [], left_s)
                if ready:
                    data = data[os.write(self._near, data) :]
        except (OSError, ValueError) as error:
            raise LinkDown(str(error)) from error

    def close(self) -> None:
        """See ``Wire``."""
        for end in (self._near, self._far):
            with suppress(OSError):
                os.close(end)
