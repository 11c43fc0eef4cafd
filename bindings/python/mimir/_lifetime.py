"""What owns a handle of the library: closed at exit, forgotten in a forked child."""

from __future__ import annotations

import atexit
import os
import sys
from threading import RLock
from weakref import WeakSet

from ._warning import warn
from .errors import ClosedError, ForkedError, MimirError


class Owner:
    """Has a handle of the library, from when this is initialized until it is closed."""

    _what = "object"  # for messages
    # At exit those that bring entries to others are closed before them.
    exit_order = 2

    def __init__(self) -> None:
        # Reentrant, as a signal handler may use what its own thread is in. It keeps close() from
        # freeing what another thread is using.
        self.lock = RLock()
        self._forked = False
        _open.add(self)
        _close_with_multiprocessing()

    def close(self) -> object:
        raise NotImplementedError

    def at_exit(self) -> None:
        self.close()

    def _disown(self) -> bool:
        """Gives the handle up without closing it. Returns whether there was one."""
        raise NotImplementedError

    def _ended(self) -> None:
        """It was closed."""
        _open.discard(self)

    def _unusable(self) -> MimirError:
        """Why there is no handle."""
        if self._forked:
            return ForkedError(
                f"this {self._what} was opened before fork() and belongs to the parent process; "
                "open one here"
            )
        return ClosedError(f"the {self._what} is closed")

    def forget(self) -> None:
        """In a forked child: the handle is the parent's, and another thread may hold the lock."""
        self.lock = RLock()
        self._forked = self._disown()


_open: WeakSet[Owner] = WeakSet()
_told: list[int] = []


def _close_with_multiprocessing() -> None:
    """The forked children of multiprocessing end without atexit, and have an end of their own."""
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None:
        return
    if _told != [os.getpid()]:
        _told[:] = [os.getpid()]
        util.Finalize(None, _close_all, exitpriority=0)


@atexit.register
def _close_all() -> None:
    for owner in sorted(_open, key=lambda owner: owner.exit_order):
        try:
            owner.at_exit()
        except Exception as error:  # the other ones must be closed too
            warn(f"closing at exit failed: {error}")


def _forget_all() -> None:
    for owner in list(_open):
        owner.forget()
    _open.clear()


os.register_at_fork(after_in_child=_forget_all)
