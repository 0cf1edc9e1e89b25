/** The one place from where the package warns. */

const warned = new Set<string>();

/** Says on the console, once, what was not done as asked for, and what can be done about it. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`mlp-wasm: ${message}`);
}
