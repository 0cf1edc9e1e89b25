/** Indices of the largest entries by size, largest first, zeros left out. */
export function largest(values: ArrayLike<number>, atMost: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size === 0 || (found.length === atMost && size <= Math.abs(values[found.at(-1)!]!))) continue;
    const at = found.findIndex((other) => size > Math.abs(values[other]!));
    found.splice(at < 0 ? found.length : at, 0, i);
    if (found.length > atMost) found.pop();
  }
  return found;
}
