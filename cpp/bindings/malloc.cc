// The module's malloc: emmalloc's, but no block is smaller than was asked for.
//
// The emmalloc of older Emscriptens (3.1.6 has it so) adds the size that is asked for to the address of a free block in
// 32 bits. With a free block at address a, a request for 2³² − a bytes or more comes out below the end of that block,
// and the block is handed out, however small it is: what is written to it overwrites other models. Eigen and the C++
// library allocate through malloc too, so the check stands here and not with the callers.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

extern "C" {

void* emscripten_builtin_malloc(std::size_t size);
void emscripten_builtin_free(void* block);

void* malloc(std::size_t size) {
  // Blocks that are too small are held until one is found that is not: given back at once, they would be found again.
  void* refused = nullptr;
  void* block = emscripten_builtin_malloc(size);
  while (block && malloc_usable_size(block) < size) {
    std::memcpy(block, &refused, sizeof refused);
    refused = block;
    block = emscripten_builtin_malloc(size);
  }
  while (refused) {
    void* const next = *static_cast<void**>(refused);
    // Less than emmalloc's two links is a sliver that was cut off by mistake too, and can only be left alone.
    if (malloc_usable_size(refused) >= 2 * sizeof next) emscripten_builtin_free(refused);
    refused = next;
  }
  return block;
}

// Replaced too, because emmalloc's own does not call malloc() above.
void* realloc(void* old, std::size_t size) {
  void* const block = malloc(size);
  if (!block || !old) return block;
  std::memcpy(block, old, std::min(size, malloc_usable_size(old)));
  emscripten_builtin_free(old);
  return block;
}

void* calloc(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  void* const block = malloc(bytes);
  if (block) std::memset(block, 0, bytes);
  return block;
}
}
