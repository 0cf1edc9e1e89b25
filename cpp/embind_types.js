// embind registers types that no binding here mentions, and brings in what converts them. These need not be there.
mergeInto(LibraryManager.library, {
  _embind_register_std_wstring: function () {},
  _embind_register_memory_view: function () {},
});
