"""The original project's API: every name, with its parameters in their order and their defaults.
Ours may have more, by keyword."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import pytest

import mimir
from mimir import formatters, handlers, remote, serialization, stream

API: list[tuple[object, str]] = [
    (
        mimir.Logger,
        "filename=None, maxlen=0, stream=False, stream_maxlen=0, formatter=simple_formatter, "
        "push_port=5557, router_port=5556, **",
    ),
    (mimir.Logger.log, "self, entry"),
    (mimir.Logger.load, "self, filename, **"),
    (mimir.Logger.close, "self"),
    (mimir.open, "filename, raw_text=False, **"),
    (mimir.ServerLogger, "port=5555, loads_kwargs=None, threaded=False, **"),
    (mimir.RemoteLogger, "name=None, host='localhost', port=5555, ctx=None, **"),
    (mimir.RemoteLogger.log, "self, entry"),
    (mimir.RemoteLogger.close, "self, timeout=5.0"),
    (mimir.get_snapshot, "host='localhost', port=5556, ctx=None, **"),
    (
        mimir.callback,
        "callback, host='localhost', push_port=5557, router_port=5556, get_snapshot=False, "
        "ctx=None, **",
    ),
    (mimir.simple_formatter, "entry, fp, indent=0"),
    (formatters.simple_formatter, "entry, fp, indent=0"),
    (handlers.Handler, "filters=None"),
    (handlers.Handler.filter, "self, entry"),
    (handlers.Handler.log, "self, entry"),
    (handlers.Handler.close, "self"),
    (handlers.FileHandler, "fp, **"),
    (handlers.PrintHandler, "formatter, fp, **"),
    (handlers.JSONHandler, "fp, **"),
    (handlers.GzipJSONHandler, "filename, buffered=True, **"),
    (handlers.ServerHandler, "port=5557, **"),
    (handlers.PersistentServerHandler, "push_port=5557, router_port=5556, maxlen=None, **"),
    (serialization.serialize_numpy, "obj"),
    (serialization.deserialize_numpy, "dct"),
    (serialization.loads, "entry, **"),
    (stream.get_snapshot, "host='localhost', port=5556, ctx=None, **"),
    (stream.connect, "host='localhost', port=5557, ctx=None"),
    (stream.recv, "s, **"),
    (
        stream.callback,
        "callback, host='localhost', push_port=5557, router_port=5556, get_snapshot=False, "
        "ctx=None, **",
    ),
]


@pytest.mark.parametrize(
    ("function", "wanted"), API, ids=lambda value: getattr(value, "__qualname__", "")
)
def test_signature(function: Any, wanted: str) -> None:
    parameters = list(inspect.signature(function).parameters.values())
    names = [name for name in wanted.split(", ") if name != "**"]
    for name, parameter in zip(names, parameters, strict=False):
        name, has_default, default = name.partition("=")
        assert parameter.name == name
        assert parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        if has_default:
            known = getattr(parameter.default, "__name__", repr(parameter.default))
            assert known == default
    assert len(parameters) >= len(names)
    takes_more = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
    # The original's functions hand keywords on; filters of handlers come so too.
    assert takes_more == wanted.endswith("**")
    for parameter in parameters[len(names) :]:
        assert parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.KEYWORD_ONLY,
            inspect.Parameter.VAR_KEYWORD,
        )


def test_names_of_the_package() -> None:
    names = ["simple_formatter", "Logger", "ServerLogger", "RemoteLogger", "get_snapshot"]
    for name in [*names, "callback", "open"]:
        assert name in mimir.__all__
        assert hasattr(mimir, name)


def test_a_server_logger_takes_a_loggers_arguments_behind_its_own() -> None:
    names = list(inspect.signature(remote.ServerLogger).parameters.values())
    assert names[3].kind is inspect.Parameter.VAR_POSITIONAL


def test_what_a_logger_is() -> None:
    logger = mimir.Logger(maxlen=sys.maxsize, formatter=None)
    assert logger.handlers == []
    logger.log({"a": 1})
    assert (len(logger), logger[0], list(logger)) == (1, {"a": 1}, [{"a": 1}])
    assert handlers.Handler.JSON is False
    logger.close()
