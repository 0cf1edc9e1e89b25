// Empty versions of two things that embind registers for everyone and the bindings do not use: strings of wide
// characters, and views of memory as C++ values. Empty, because looking up the typed arrays for the views took 1.5 ms
// of the 9 ms that init takes in Node.
mergeInto(LibraryManager.library, {
  _embind_register_std_wstring__deps: [],
  _embind_register_std_wstring: function () {},
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: function () {},
});
