/** Networks as they were before each press that made them learn. */
import { expect, it } from 'vitest';
import type { KeptRun } from '../../../web/demo/page/training/kept-runs.js';
import { IDLE } from '../../../web/demo/page/training/run.js';
import { UndoStack } from '../../../web/demo/page/training/undo-stack.js';

const keptRun = (began: number): KeptRun => ({
  run: { ...IDLE, began },
  mistakes: undefined,
  checkpoint: new Uint8Array(8),
});

it('A run that comes late lies below the first press, where that was made without a network', () => {
  const stack = new UndoStack();
  stack.push('step', undefined);
  stack.push('all', keptRun(2));
  expect(stack.underlay(keptRun(1))).toBe(true);
  expect(stack.pop()?.kept?.run.began).toBe(2);
  expect(stack.pop()).toMatchObject({ portion: 'step', kept: { run: { began: 1 } } });
  expect(stack.last).toBeUndefined();
});

it('A run that comes late has no place where there is no press, or where one had a network already', () => {
  const stack = new UndoStack();
  expect(stack.underlay(keptRun(1))).toBe(false);
  expect(stack.pop()).toBeUndefined();
  stack.push('all', keptRun(2));
  expect(stack.underlay(keptRun(1))).toBe(false);
  expect(stack.pop()?.kept?.run.began).toBe(2);
  stack.push('all', undefined);
  stack.clear();
  expect(stack.underlay(keptRun(1))).toBe(false);
});
