// What embind registers for everyone and bindings.cc does not use: views of memory as C++ values. Looking up the eight
// typed arrays, once for each kind of number, took 1.5 ms of the 9 ms that init takes in Node.
mergeInto(LibraryManager.library, {
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: function () {},
});
