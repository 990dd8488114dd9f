# SPDX-License-Identifier: Apache-2.0
"""Files that people name: what is wrong with one, in plain words and without the numbers of an operating system."""

from pathlib import Path

from thecal_adapters.codec import Refused


def tell_wrong(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read or written, as a clause without a full stop."""
    if isinstance(error, UnicodeDecodeError):
        return "is no text: UTF-8 is expected"
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    if isinstance(error, IsADirectoryError):
        return "is a folder, and a file is expected"
    if isinstance(error, NotADirectoryError):
        return "lies in what is a file, and a folder is expected"
    if isinstance(error, PermissionError):
        return "is closed to this user"
    return f"cannot be used: {error.strerror or error}"


def read_text(file: Path) -> str:
    """The text of a file, or ``Refused`` with the reason."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(str(file), tell_wrong(error)) from None


def expect_room(option: str, file: Path, *endings: str) -> None:
    """``Refused`` if a file cannot be written where an option says, so that it is said before the work, not after."""
    if endings and file.suffix not in endings:
        raise Refused(option, f"{file}: the name of the file ends in {' or '.join(endings)}")
    if file.is_dir():
        raise Refused(option, f"{file} is a folder, and the name of a file is expected")
    if not file.parent.is_dir():
        raise Refused(option, f"there is no folder {file.parent}")
