/** Backpropagation as a row of steps. Layers are counted from 0, as in the trace. */

export type Step = { kind: 'input' | 'loss' | 'update' } | { kind: 'z' | 'a' | 'delta' | 'gradient'; layer: number };

export type Phase = 'forward' | 'loss' | 'backward' | 'gradients' | 'update';

const PHASES: Readonly<Record<Step['kind'], Phase>> = {
  input: 'forward',
  z: 'forward',
  a: 'forward',
  loss: 'loss',
  delta: 'backward',
  gradient: 'gradients',
  update: 'update',
};

export function phaseOf({ kind }: Step): Phase {
  return PHASES[kind];
}

export function stepsOf(layers: number): Step[] {
  const forward = Array.from({ length: layers }, (_, layer) => layer);
  const backward = [...forward].reverse();
  return [
    { kind: 'input' },
    ...forward.flatMap((layer): Step[] => [
      { kind: 'z', layer },
      { kind: 'a', layer },
    ]),
    { kind: 'loss' },
    ...backward.map((layer): Step => ({ kind: 'delta', layer })),
    ...backward.map((layer): Step => ({ kind: 'gradient', layer })),
    { kind: 'update' },
  ];
}

/** The layer whose numbers a step shows: of the loss and the update the last one, of the input −1. */
export function layerOf(step: Step, layers: number): number {
  return 'layer' in step ? step.layer : step.kind === 'input' ? -1 : layers - 1;
}

/** The name of a step in the address, whatever the number of layers: `z.1`, `delta.output`, `loss`. */
export function nameOf(step: Step, all: readonly Step[]): string {
  if (!('layer' in step)) return step.kind;
  const last = Math.max(...all.map((each) => ('layer' in each ? each.layer : 0)));
  return `${step.kind}.${step.layer === last ? 'output' : step.layer + 1}`;
}
