/** Owner of the theme button and of `data-theme`: what the system prefers, until the visitor chooses. */
import { element } from './dom.js';
import { keep, kept } from './keep.js';
import type { PageStore, State } from './state.js';

const KEY = 'mlp-wasm:theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

function chosen(): State['theme'] | undefined {
  const theme = kept('localStorage', KEY);
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** The theme to begin with. */
export function currentTheme(): State['theme'] {
  return chosen() ?? (prefersDark.matches ? 'dark' : 'light');
}

export function mountTheme(store: PageStore): void {
  const button = element('theme', HTMLButtonElement);
  // Before the canvases ask for their colours: this listener is the first of its property.
  store.on(['theme'], () => {
    document.documentElement.dataset['theme'] = store.state.theme;
    button.setAttribute('aria-pressed', String(store.state.theme === 'dark'));
  });
  button.addEventListener('click', () => {
    const theme = store.state.theme === 'dark' ? 'light' : 'dark';
    keep('localStorage', KEY, theme);
    store.set({ theme });
  });
  prefersDark.addEventListener('change', () => store.set({ theme: currentTheme() }));
}
