/** The sentence for a name that a store does not have. */
import { shown } from '../check/arguments.js';
import { closest } from '../check/did-you-mean.js';
import { refusal, type Place } from './store.js';

/** Names that an error lists; of more it says how many there are. */
const MOST = 10;

export function missing(place: Place, names: readonly string[], scheme: string): Error {
  const meant = closest(place.name, names);
  const listed = [...names].sort().slice(0, MOST).map(shown).join(', ');
  const others = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  const there = names.length > 0 ? `; ${scheme} has ${listed}${others}` : `; ${scheme} has none at all`;
  return refusal(
    place,
    `expected a stored model, got no such name${there}${meant === undefined ? '' : `. Did you mean ${shown(meant)}?`}`,
  );
}
