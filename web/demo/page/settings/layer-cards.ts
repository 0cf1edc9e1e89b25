/** The hidden layers as cards: plain data between the fields of the settings and what is shown of them. */
import { layerTexts, noTexts, readLayerText, textOfLayers } from './layer-texts.js';
import type { LayerKey, LayerTexts } from './layer-texts.js';
import { attempt } from './read-field.js';
import { isUnits, UNITS_AT_MOST, unitTexts } from './settings.js';
import type { Fields } from './settings.js';

/** A hidden layer as it was typed. */
export interface LayerCard extends LayerTexts {
  units: string;
}
export type CardKey = keyof LayerCard;

/** Stands in the field of all units for a layer that has none yet, because nothing there would be no layer. */
const NO_UNITS = '?';

export function cardsOf({ hidden, layers }: Pick<Fields, 'hidden' | 'layers'>): LayerCard[] {
  const { each } = layerTexts(layers);
  return unitTexts(hidden).map((units, i) => ({
    ...(each.get(i + 1) ?? noTexts()),
    units: units === NO_UNITS ? '' : units,
  }));
}

export function fieldsOf(cards: readonly LayerCard[]): Pick<Fields, 'hidden' | 'layers'> {
  return {
    // A separator within would make two layers of one.
    hidden: cards.map(({ units }) => units.replace(/[\s,;+→]/g, '') || NO_UNITS).join(', '),
    layers: textOfLayers(new Map(cards.map((card, i) => [i + 1, card]))),
  };
}

/** A sentence for each text of a card that has no value. */
export function faultsOf(card: LayerCard, unitsError: (most: number) => string): Partial<Record<CardKey, string>> {
  const { units, ...texts } = card;
  const faults: Partial<Record<CardKey, string>> = isUnits(units) ? {} : { units: unitsError(UNITS_AT_MOST) };
  for (const key of Object.keys(texts) as LayerKey[]) {
    const { error } = attempt(() => readLayerText(key, texts[key]));
    if (error !== undefined) faults[key] = error;
  }
  return faults;
}
