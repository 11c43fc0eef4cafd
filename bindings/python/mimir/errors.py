"""The errors of the library, each also the built-in that fits: a full disk is an OSError.

`code` is the status of the C interface, e.g. -13; 0 for errors that Python alone can have.
"""

import errno
import io


class MimirError(Exception):
    """What every error of Mímir derives from."""

    code = 0


class MimirWarning(UserWarning):
    """Something went wrong, and logging goes on."""


class LibraryError(MimirError, ImportError):
    """libmimir is missing, or is of another version."""


class InvalidArgumentError(MimirError, ValueError):
    code = -1


class InvalidJSONError(MimirError, ValueError):
    code = -2


class InvalidUTF8Error(MimirError, ValueError):
    code = -3


class NonfiniteError(MimirError, ValueError):
    """NaN or infinity, and the logger was opened with nonfinite='error'."""

    code = -4


class TooLargeError(MimirError, ValueError):
    """The entry is larger than max_entry_bytes."""

    code = -5


class TooDeepError(MimirError, ValueError):
    code = -6


class InvalidStateError(MimirError, RuntimeError):
    code = -7


class ClosedError(MimirError, ValueError):
    """The logger was closed (ValueError, as for a closed file)."""

    code = -8


class ForkedError(MimirError, RuntimeError):
    """The logger was opened before a fork, and this is the child; open a new one here."""

    code = -9


class OutOfRangeError(MimirError, IndexError):
    code = -10


class OutOfMemoryError(MimirError, MemoryError):
    code = -11


class _SystemError(MimirError, OSError):
    number: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        if self.number is not None:
            self.errno = self.number  # str() stays the message, as strerror is not set


class InputOutputError(_SystemError):
    """Reading or writing failed; the message has the system's reason."""

    code = -12
    number = errno.EIO


class NoSpaceError(_SystemError):
    code = -13
    number = errno.ENOSPC


class NotFoundError(_SystemError, FileNotFoundError):
    code = -14
    number = errno.ENOENT


class ExistsError(_SystemError, FileExistsError):
    code = -15
    number = errno.EEXIST


class PermissionDeniedError(_SystemError, PermissionError):
    code = -16
    number = errno.EACCES


class LockedError(_SystemError, BlockingIOError):
    """Another process writes the file; the message names its pid."""

    code = -17
    number = errno.EWOULDBLOCK


class BusyError(_SystemError):
    """This process has the file open in a way that excludes this use of it."""

    code = -18
    number = errno.EBUSY


class DroppedError(_SystemError):
    """The entry could not be written, and as many as may wait already wait: it is lost."""

    code = -19
    number = errno.ENOBUFS


class UnsupportedError(_SystemError, io.UnsupportedOperation):
    code = -20
    number = errno.EOPNOTSUPP


class CorruptError(_SystemError):
    """The file's content is damaged."""

    code = -21
    number = errno.EBADMSG


class AddressInUseError(_SystemError):
    """The port is in use; port 0 is any free one."""

    code = -22
    number = errno.EADDRINUSE


class NetworkError(_SystemError, ConnectionError):
    """There is no such host or address, or the network fails."""

    code = -23
    number = errno.ENETDOWN


class TimedOutError(_SystemError, TimeoutError):
    code = -24
    number = errno.ETIMEDOUT


def _subclasses(kind: type[MimirError]) -> list[type[MimirError]]:
    return [kind] + [below for direct in kind.__subclasses__() for below in _subclasses(direct)]


_BY_CODE = {kind.code: kind for kind in _subclasses(MimirError) if kind.code}


def from_status(status: int, message: str) -> MimirError:
    """The error for a status of the C interface (not raised)."""
    kind = _BY_CODE.get(status)
    if kind is not None:
        return kind(message)
    error = MimirError(message)  # of a later library
    error.code = status
    return error
