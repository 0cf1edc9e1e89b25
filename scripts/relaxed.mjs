// Debian's Emscripten (LLVM 14) knows relaxed SIMD only by the opcode its multiply-add had as a proposal. This gives
// it the final one: both take two bytes, and cpp/mlp/simd.h already has the operands in the final order. A module of
// a current Emscripten has none of the old ones and stays as it is.
//
// https://github.com/WebAssembly/relaxed-simd: f32x4.relaxed_madd is 0xfd 0x105.
const PROTOTYPE_FMA = 0xaf; // a gap in the final table, so it can mean nothing else
const RELAXED_MADD = [0x85, 0x02]; // 0x105 as LEB128

/** A copy of a WebAssembly module with every prototype multiply-add made the final one; and how many there were. */
export function finalRelaxedOpcodes(wasm) {
  const bytes = Uint8Array.from(wasm);
  let at = 8; // magic and version
  let replaced = 0;

  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skipLeb = (count = 1) => {
    for (; count > 0; --count) while (bytes[at++] >= 128);
  };

  // Skips one instruction: all that matters is how long its immediates are.
  const instruction = () => {
    const opcode = bytes[at++];
    if (opcode === 0x0e) return skipLeb(unsigned() + 1); // br_table
    if (opcode === 0x1c) return skipLeb(unsigned()); // select t
    if (opcode === 0x11) return skipLeb(2); // call_indirect
    if (opcode >= 0x28 && opcode <= 0x3e) return skipLeb(2); // loads and stores
    if (opcode === 0x43) return (at += 4); // f32.const
    if (opcode === 0x44) return (at += 8); // f64.const
    if (opcode === 0xfc)
      return skipLeb({ 8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1 }[unsigned()] ?? 0);
    if (opcode === 0xfe) return skipLeb(unsigned() === 3 ? 1 : 2); // atomics; 3 is the fence
    if (opcode === 0xfd) return simd();
    const oneLeb = [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2];
    if (oneLeb.includes(opcode) || (opcode >= 0x20 && opcode <= 0x26)) skipLeb();
  };
  const simd = () => {
    const start = at;
    const opcode = unsigned();
    if (opcode === PROTOTYPE_FMA) {
      bytes.set(RELAXED_MADD, start);
      ++replaced;
    } else if (opcode <= 11 || opcode === 92 || opcode === 93) {
      skipLeb(2); // loads and stores
    } else if (opcode <= 13) {
      at += 16; // v128.const, shuffle
    } else if (opcode >= 21 && opcode <= 34) {
      ++at; // lanes
    } else if (opcode >= 84 && opcode <= 91) {
      skipLeb(2); // loads and stores of a lane
      ++at;
    }
  };

  while (at < bytes.length) {
    const section = bytes[at++];
    const size = unsigned();
    const end = at + size;
    if (section === 10) {
      for (let functions = unsigned(); functions > 0; --functions) {
        const bodySize = unsigned();
        const bodyEnd = at + bodySize;
        for (let groups = unsigned(); groups > 0; --groups) {
          skipLeb();
          ++at; // the type of these locals
        }
        while (at < bodyEnd) instruction();
        if (at !== bodyEnd) throw new Error('relaxed.mjs: an instruction it does not know');
      }
    }
    at = end;
  }
  return { bytes, replaced };
}
