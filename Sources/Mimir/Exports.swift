// The error, and the values that entries are made of, belong to the API.
@_exported public import MimirBase
@_exported public import MimirJSON
