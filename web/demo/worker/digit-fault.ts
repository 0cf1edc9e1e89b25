/** Faults of digits by name, because only the page knows the visitor's language. */
import type { DigitFault } from '../shared/digit-work.js';

export class BadDigits extends Error {
  constructor(readonly fault: DigitFault) {
    super(JSON.stringify(fault));
  }
}

export function faultOf(error: unknown): DigitFault {
  if (error instanceof BadDigits) return error.fault;
  return { fault: 'other', text: error instanceof Error ? error.message : String(error) };
}
