import type { PageParts } from '../views.js';
export function mount(panel: HTMLElement, page: PageParts): void {
  panel.textContent = page.store.state.view;
}
