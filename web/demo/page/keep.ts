/** The browser's storage. If it is switched off or full the page works all the same, and forgets. */

type Place = 'localStorage' | 'sessionStorage';

/** The text kept under `key`, if any. */
export function kept(place: Place, key: string): string | null {
  try {
    return window[place].getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

export function keep(place: Place, key: string, value: string): void {
  try {
    window[place].setItem(key, value);
  } catch {
    // Switched off, or full.
  }
}
