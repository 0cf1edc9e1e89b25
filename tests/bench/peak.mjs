/**
 * The limit: how many floating-point operations a second a wasm function does that touches nothing but registers.
 * The module is put together here, byte by byte: thirteen f32x4 accumulators, each acc = acc × m + c, in a loop.
 * Thirteen chains cover the latency of a multiplication followed by an addition, and are as many as fit into the
 * fifteen registers that V8 has to give beside m and c.
 */
const CHAINS = 13;
const LANES = 4;
const ROUNDS = 4; // of all chains in one turn of the loop
const TURNS = 2000; // a call: short, because engines do not replace a function while it runs

const I32 = 0x7f;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const SIMD = 0xfd;
const F32X4_SPLAT = [SIMD, 0x13];
const F32X4_ADD = [SIMD, 0xe4, 0x01];
const F32X4_MUL = [SIMD, 0xe6, 0x01];
const F32X4_RELAXED_MADD = [SIMD, 0x85, 0x02];
const F32X4_EXTRACT_LANE_0 = [SIMD, 0x1f, 0];

/** @returns {{ mulAdd: number, relaxedMadd?: number }} GFLOP/s, the best of several short runs. */
export function peakOf() {
  const peak = { mulAdd: gigaflops(moduleBytes(false)) };
  const relaxed = moduleBytes(true);
  if (WebAssembly.validate(relaxed)) peak.relaxedMadd = gigaflops(relaxed);
  return peak;
}

/** GFLOP/s of multiplications and additions, by another clock, in milliseconds. */
export function mulAddPeak(now) {
  return gigaflops(moduleBytes(false), now);
}

function gigaflops(bytes, now = () => performance.now()) {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const flopsPerCall = TURNS * ROUNDS * CHAINS * LANES * 2;
  let sink = 0;
  const timed = (calls) => {
    const begin = now();
    for (let i = 0; i < calls; ++i) sink += run(TURNS);
    return now() - begin;
  };
  timed(500);
  let best = 0;
  for (let i = 0; i < 5; ++i) best = Math.max(best, (flopsPerCall * 500) / timed(500) / 1e6);
  if (!Number.isFinite(sink)) throw new Error('the peak loop computes no numbers');
  return best;
}

/** (func (export "run") (param $turns i32) (result f32) …) */
function moduleBytes(relaxed) {
  const turns = 0;
  const m = 1;
  const c = 2;
  const acc = (k) => 3 + k;
  const multiplyAdd = (k) =>
    relaxed
      ? [LOCAL_GET, acc(k), LOCAL_GET, m, LOCAL_GET, c, ...F32X4_RELAXED_MADD, LOCAL_SET, acc(k)]
      : [LOCAL_GET, acc(k), LOCAL_GET, m, ...F32X4_MUL, LOCAL_GET, c, ...F32X4_ADD, LOCAL_SET, acc(k)];
  const chains = Array.from({ length: CHAINS }, (_, k) => k);
  const body = [
    [...constant(0.999), ...F32X4_SPLAT, LOCAL_SET, m],
    [...constant(0.001), ...F32X4_SPLAT, LOCAL_SET, c],
    chains.flatMap((k) => [...constant(k / CHAINS), ...F32X4_SPLAT, LOCAL_SET, acc(k)]),
    [0x03, 0x40], // loop
    Array.from({ length: ROUNDS }, () => chains.flatMap(multiplyAdd)).flat(),
    [LOCAL_GET, turns, I32_CONST, 1, 0x6b, LOCAL_TEE, turns], // turns − 1
    [0x0d, 0, 0x0b], // br_if loop, end
    [LOCAL_GET, acc(0)],
    chains.slice(1).flatMap((k) => [LOCAL_GET, acc(k), ...F32X4_ADD]),
    [...F32X4_EXTRACT_LANE_0, 0x0b],
  ].flat();
  const locals = [1, 2 + CHAINS, V128]; // one group
  const code = [...locals, ...body];
  return Uint8Array.from(
    [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [1, 0x60, 1, I32, 1, 0x7d]),
      section(3, [1, 0]),
      section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
      section(10, [1, ...leb128(code.length), ...code]),
    ].flat(),
  );
}

const section = (id, bytes) => [id, ...leb128(bytes.length), ...bytes];

const constant = (value) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

function leb128(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}
