/** Types of what the tests need of setup.mjs. */
export function requiredChromium(): string;
