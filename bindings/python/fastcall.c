/* What Python's own means do slowly for each entry that is logged: to call mimir_logger_log_json()
 * (what ctypes does around it takes half as long as the call), and to look for null. The package works
 * without it: it is built where there is a C compiler, of Python's stable ABI, so that one serves each
 * version (but free-threaded ones, which have no such ABI). */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030A0000
#include <Python.h>

#include <stdint.h>
#include <stdlib.h>

static const char NAME[] = "mimir._fastcall.logger";

typedef struct {
  int32_t (*log_json)(void *logger, const char *text, size_t length);
  void *logger;
} bound_logger;

static PyObject *log_json(PyObject *self, PyObject *text) {
  const bound_logger *bound = PyCapsule_GetPointer(self, NAME);
  char *bytes;
  Py_ssize_t length;
  if (bound == NULL || PyBytes_AsStringAndSize(text, &bytes, &length) != 0) {
    return NULL;
  }
  int32_t status;
  Py_BEGIN_ALLOW_THREADS status = bound->log_json(bound->logger, bytes, (size_t)length);
  Py_END_ALLOW_THREADS return PyLong_FromLong(status);
}

static PyMethodDef log_json_method = {"log_json", log_json, METH_O,
                                      "Logs JSON text, given as bytes. Returns a status."};

static void release(PyObject *capsule) { free(PyCapsule_GetPointer(capsule, NAME)); }

static PyObject *bind(PyObject *module, PyObject *addresses) {
  (void)module;
  unsigned long long function;
  unsigned long long logger;
  if (!PyArg_ParseTuple(addresses, "KK:bind", &function, &logger)) {
    return NULL;
  }
  bound_logger *bound = malloc(sizeof *bound);
  if (bound == NULL) {
    return PyErr_NoMemory();
  }
  bound->log_json = (int32_t (*)(void *, const char *, size_t))(uintptr_t)function;
  bound->logger = (void *)(uintptr_t)logger;
  PyObject *capsule = PyCapsule_New(bound, NAME, release);
  if (capsule == NULL) {
    free(bound);
    return NULL;
  }
  PyObject *method = PyCFunction_New(&log_json_method, capsule);
  Py_DECREF(capsule);
  return method;
}

/* A block of constant length is what compilers make vector instructions of. */
enum { BLOCK = 32 };

static int is_null(const char *text) {
  return (text[0] == 'n') & (text[1] == 'u') & (text[2] == 'l') & (text[3] == 'l');
}

static PyObject *has_null(PyObject *module, PyObject *text) {
  (void)module;
  char *bytes;
  Py_ssize_t length;
  if (PyBytes_AsStringAndSize(text, &bytes, &length) != 0) {
    return NULL;
  }
  int found = 0;
  Py_ssize_t at = 0;
  for (; !found && at + BLOCK + 3 <= length; at += BLOCK) {
    for (int i = 0; i < BLOCK; i++) {
      found |= is_null(bytes + at + i);
    }
  }
  for (; !found && at + 4 <= length; at++) {
    found = is_null(bytes + at);
  }
  return PyBool_FromLong(found);
}

static PyMethodDef functions[] = {
    {"bind", bind, METH_VARARGS,
     "mimir_logger_log_json, given its address, of a logger, given its own."},
    {"has_null", has_null, METH_O, "Whether bytes have the word null in them."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "mimir._fastcall", .m_methods = functions};

PyMODINIT_FUNC PyInit__fastcall(void) { return PyModuleDef_Init(&definition); }
