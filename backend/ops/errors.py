"""What stops the house from running, said to the operator in a sentence."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path


class CannotRun(Exception):
    """A sentence for the operator: what is wrong and what to do. Shown without a stack trace."""


def disk_full(folder: Path) -> str:
    """Return the sentence for a disk without room."""
    return (
        f"The disk of {folder} is full. Free some space and start again (nothing is lost), or "
        "choose a folder on another disk with --data DIR."
    )


@contextlib.contextmanager
def as_sentence(folder: Path) -> Iterator[None]:
    """Turn what the operating system refuses about a folder into a `CannotRun`."""
    try:
        yield
    except PermissionError as error:
        raise CannotRun(
            f"The data folder {error.filename or folder} cannot be written by this user. Give "
            "yourself the right to it, or choose another folder with --data DIR."
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotRun(
            f"{error.filename or folder} is a file, not a folder. Choose another folder with "
            "--data DIR."
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CannotRun(disk_full(folder)) from error
        if error.errno == errno.EROFS:
            raise CannotRun(
                f"The data folder {folder} is on a read-only file system. Choose another folder "
                "with --data DIR."
            ) from error
        raise
