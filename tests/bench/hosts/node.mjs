/** Measures in a fresh Node process. */
import path from 'node:path';
import { BENCH } from '../paths.mjs';
import { answerOf } from './answer.mjs';

export function measureInNode(job, { node = process.execPath, flags = [] } = {}) {
  return answerOf(node, [...flags, path.join(BENCH, 'hosts/node-child.mjs'), JSON.stringify(job)]);
}
