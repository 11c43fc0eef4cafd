"""What JSON has no word for, and Python programs log all the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ._arrays import serialize_numpy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def serialize(obj: Any) -> Any:
    """`default` of a logger: what stands for an object in JSON. Raises TypeError for what nothing
    stands for.

    NumPy, and arrays and tensors of other libraries (torch, JAX, CuPy, …): see serialize_numpy
    sets, deques, ranges   lists, of sets in order if they have one
    other mappings         dicts
    dataclasses, enums     their fields as a dict, their value
    dates and times        ISO 8601; durations: seconds
    paths, UUIDs           their text
    Decimal, Fraction      numbers
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(obj, (numpy.ndarray, numpy.generic)):
        return serialize_numpy(obj)
    for base in type(obj).__mro__:
        # By name: an object's module was imported by somebody, and need not be here.
        convert = _BY_NAME.get(f"{base.__module__}.{base.__qualname__}")
        if convert is not None:
            return convert(obj)
    if isinstance(obj, type):
        return serialize_numpy(obj)
    if hasattr(obj, "__dataclass_fields__"):
        fields = sys.modules["dataclasses"].fields(obj)
        return {field.name: getattr(obj, field.name) for field in fields}
    if isinstance(obj, os.PathLike):
        return os.fsdecode(obj)
    if isinstance(obj, Mapping):
        return dict(obj)
    array = _array(obj)
    return serialize_numpy(obj if array is None else array)


def _in_order(items: Any) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:
        return list(items)


def _decimal(number: Any) -> int | float:
    return (
        int(number)
        if number.is_finite() and number == number.to_integral_value()
        else float(number)
    )


def _tensor(tensor: Any) -> Any:
    """torch's: from any device, and without what belongs to training."""
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    if tensor.layout is not _torch().strided:
        tensor = tensor.to_dense()
    if tensor.ndim == 0:
        return tensor.item()
    if tensor.dtype is _torch().bfloat16:  # which NumPy lacks
        tensor = tensor.float()
    return serialize_numpy(tensor.numpy())


def _torch() -> Any:
    return sys.modules["torch"]


def _array(obj: Any) -> Any:
    """An array of another library as one of NumPy's; None for what is none."""
    if not (hasattr(obj, "__array__") or hasattr(obj, "__dlpack__")):
        return None
    try:
        import numpy
    except ImportError:
        raise TypeError(
            f"NumPy, which is not installed, is needed to log a {type(obj).__name__}"
        ) from None
    if hasattr(obj, "__cuda_array_interface__") and hasattr(obj, "get"):  # CuPy's way to the host
        return numpy.asarray(obj.get())
    if hasattr(obj, "__array__"):
        return numpy.asarray(obj)
    return numpy.from_dlpack(obj)


_BY_NAME: dict[str, Callable[[Any], Any]] = {
    "builtins.set": _in_order,
    "builtins.frozenset": _in_order,
    "builtins.range": list,
    "collections.deque": list,
    "datetime.date": lambda day: day.isoformat(),  # datetime.datetime is one
    "datetime.time": lambda time: time.isoformat(),
    "datetime.timedelta": lambda duration: duration.total_seconds(),
    "enum.Enum": lambda member: member.value,
    "uuid.UUID": str,
    "decimal.Decimal": _decimal,
    "fractions.Fraction": float,
    "torch.Tensor": _tensor,
}
