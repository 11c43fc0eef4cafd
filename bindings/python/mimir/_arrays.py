"""NumPy's numbers and arrays in JSON."""

from __future__ import annotations

import math
import sys
from base64 import b64decode, b64encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def serialize_numpy(obj: Any) -> Any:
    """`default` for json.dumps. NumPy scalars and 0-dimensional arrays become Python numbers, an
    array {"__ndarray__": base64 of its bytes, "descr", "fortran_order", "shape"}."""
    # Never imports NumPy: without it there is no such object.
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(obj, (numpy.ndarray, numpy.generic)):
        if obj.ndim == 0:
            return _number(numpy, obj[()])
        if obj.dtype.hasobject:
            raise TypeError(f"an array of Python objects ({obj.dtype}) can't be written as JSON")
        return _array(numpy, obj)
    raise TypeError(f"Object of type {type(obj).__name__} is not JSON serializable")


def _number(numpy: Any, scalar: Any) -> Any:
    if isinstance(scalar, numpy.floating) and not isinstance(scalar, numpy.float64):
        # The shortest digits of its own precision: 0.1, not 0.10000000149011612.
        return float(numpy.format_float_scientific(scalar))
    return scalar.item() if isinstance(scalar, numpy.generic) else scalar


def _array(numpy: Any, array: Any) -> dict[str, Any]:
    from numpy.lib.format import header_data_from_array_1_0

    if not array.flags.c_contiguous and not array.flags.f_contiguous:
        array = numpy.ascontiguousarray(array)
    header = header_data_from_array_1_0(array)
    # As it lies in memory: the transpose of an array in Fortran order is one in C order.
    data = (array.T if header["fortran_order"] else array).tobytes()
    return {
        "__ndarray__": b64encode(data).decode("ascii"),
        "descr": header["descr"],
        "fortran_order": header["fortran_order"],
        "shape": list(header["shape"]),
    }


def deserialize_numpy(dct: dict[str, Any]) -> Any:
    """`object_hook` for json.loads: the array that serialize_numpy, C, C++ or Swift wrote.

    Other dicts, and all where NumPy is not installed, stay what they are.
    """
    if "__ndarray__" not in dct:
        return dct
    try:
        import numpy
        from numpy.lib.format import descr_to_dtype

        dtype = descr_to_dtype(_descr(dct["descr"]))
        if dtype.hasobject:  # its bytes would be addresses
            return dct
        data = bytearray(b64decode(dct["__ndarray__"], validate=True))
        shape = tuple(dct["shape"])
        if math.prod(shape) * dtype.itemsize != len(data):
            return dct
        order: Any = "F" if dct["fortran_order"] else "C"
        return numpy.ndarray(shape, dtype, data, order=order)
    except (ImportError, KeyError, OverflowError, SyntaxError, TypeError, ValueError):
        return dct


def _descr(value: Any) -> Any:
    """A dtype's description with the tuples that JSON has made lists."""
    if isinstance(value, str):
        return value
    fields = []
    for name, descr, *shape in value:
        name = tuple(name) if isinstance(name, list) else name
        fields.append((name, _descr(descr), *map(tuple, shape)))
    return fields
