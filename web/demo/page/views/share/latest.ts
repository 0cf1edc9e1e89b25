/** The network that answers, for as long as the view is shown: told again when there is another one. */
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import type { PageParts } from '../views.js';

/** @param show called with the network, or with undefined where there is none */
export function followNetwork(page: PageParts, view: string, show: (network?: NetworkSnapshot) => void): void {
  const { store } = page;
  let known: string | undefined;
  store.on(['view', 'run', 'reader', 'hand'], () => {
    if (store.state.view !== view) return;
    const { run, reader, hand } = store.state;
    // Its layers, not its numbers, which change all the time while it learns.
    const own = run.epoch > 0 || run.opened ? `${run.began} ${JSON.stringify(run.settings)}` : '';
    const now = `${JSON.stringify(reader)} ${hand} ${own}`;
    if (now === known) return;
    known = now;
    void page.network().then((network) => {
      if (known === now) show(network);
    });
  });
}
