/**
 * One measurement: a peer, a flavour of it, a work. The same code in a Node process and in a page; what differs
 * between the two comes in `host`.
 *
 * @param job { peer, flavour, work, verify, budgetMs, repetitions, package }
 * @param host { peer(name) → module, data(name) → ArrayBuffer, asset(specifier) → URL, … }
 */
import { peakOf } from '../peak.mjs';
import { workCalled } from '../works/index.mjs';
import { drivePredictMany, drivePredictOne } from './predict.mjs';
import { driveTrain } from './train.mjs';

const DRIVERS = { train: driveTrain, predictOne: drivePredictOne, predictMany: drivePredictMany };

export async function drive(job, host) {
  const work = workCalled(job.work);
  const begin = performance.now();
  const peer = await host.peer(job.peer);
  const engine = await peer.start(job.flavour, host, job);
  const readyMs = performance.now() - begin;
  const about = { version: engine.version, details: engine.details };
  if (work.kind === 'init') return { ...about, samples: [readyMs] };

  if (work.kind === 'timeTo') {
    const mnist = await readMnist(host);
    const weights = new Float32Array(await host.data('W1.weights'));
    const model = await engine.model(work, weights, { x: mnist.trainX, y: mnist.trainY, rows: 60_000 });
    return { ...about, epochs: await model.trainTo({ x: mnist.testX, y: mnist.testY, rows: 10_000 }) };
  }

  const x = new Float32Array(await host.data(`${work.data}.x`));
  const y = new Uint8Array(await host.data(`${work.data}.y`));
  const weights = new Float32Array(await host.data(work.kind === 'train' ? `${work.id}.weights` : 'W1.trained'));
  const data = { x, y, rows: y.length };
  const model = await engine.model(work, weights, data);
  const result = await DRIVERS[work.kind](model, work, data, job);
  return { ...about, ...result, peak: peakOf() };
}

async function readMnist(host) {
  const bytes = async (name) => new Uint8Array(await host.data(`mnist.${name}`));
  const grey = async (name) => Float32Array.from(await bytes(name), (byte) => byte / 255);
  return {
    trainX: await grey('trainX'),
    trainY: await bytes('trainY'),
    testX: await grey('testX'),
    testY: await bytes('testY'),
  };
}
