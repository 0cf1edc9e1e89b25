/** What the browser keeps for the page. Where it keeps nothing, the page works and forgets. */

type Place = 'localStorage' | 'sessionStorage';

/** What was kept under `key`, if anything. */
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
