/** A worker without its script's parts, as its error says so to the page, which alone knows the visitor's language. */
export const NOT_STARTED = 'mlp-wasm: a part of this worker did not come';
