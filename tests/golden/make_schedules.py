#!/usr/bin/python3
"""Writes schedules.json: learning rates step by step, from PyTorch's schedulers or Keras' formulas.

    python3 tests/golden/make_schedules.py

Each case: the schedule as web/src/types.ts has it, where its rates come from, the steps and the rate at each.
"""

import json
import math
import sys
import warnings
from pathlib import Path

sys.dont_write_bytecode = True

import torch
from torch.optim import lr_scheduler as torch_schedulers

warnings.filterwarnings('ignore')  # SequentialLR calls deprecated things


def from_torch(rate, make, count):
    """The rates of the first `count` steps of a PyTorch scheduler."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    return list(range(count)), rates


def torch_cases():
    s = torch_schedulers
    yield {'name': 'step', 'initialLearningRate': 0.3, 'stepSize': 4, 'gamma': 0.6}, from_torch(
        0.3, lambda o: s.StepLR(o, 4, 0.6), 25)
    yield {'name': 'step', 'initialLearningRate': 0.3, 'stepSize': 7}, from_torch(0.3, lambda o: s.StepLR(o, 7), 25)
    # MultiStepLR changes at the step itself, Keras' piecewise constant one after it.
    yield {'name': 'piecewise', 'boundaries': [2, 9, 10], 'values': [0.8, 0.4, 0.2, 0.1]}, from_torch(
        0.8, lambda o: s.MultiStepLR(o, [3, 10, 11], 0.5), 15)
    yield {'name': 'exponentialDecay', 'initialLearningRate': 0.2, 'decaySteps': 1, 'decayRate': 0.93}, from_torch(
        0.2, lambda o: s.ExponentialLR(o, 0.93), 40)
    yield {'name': 'polynomialDecay', 'initialLearningRate': 0.2, 'decaySteps': 12, 'endLearningRate': 0,
           'power': 1.7}, from_torch(0.2, lambda o: s.PolynomialLR(o, 12, 1.7), 20)
    yield {'name': 'cosineDecay', 'initialLearningRate': 0.5, 'decaySteps': 17}, from_torch(
        0.5, lambda o: s.CosineAnnealingLR(o, 17), 18)
    yield {'name': 'cosineDecay', 'initialLearningRate': 0.5, 'decaySteps': 17, 'alpha': 0.2}, from_torch(
        0.5, lambda o: s.CosineAnnealingLR(o, 17, 0.1), 18)
    for t_mul in (1, 2, 3):
        yield {'name': 'cosineDecayRestarts', 'initialLearningRate': 0.5, 'firstDecaySteps': 5, 'tMul': t_mul}, from_torch(
            0.5, lambda o: s.CosineAnnealingWarmRestarts(o, 5, t_mul), 60)
    for options, arguments in (
        ({}, {}),
        ({'pctStart': 0.45, 'divFactor': 10, 'finalDivFactor': 50}, {'pct_start': 0.45, 'div_factor': 10, 'final_div_factor': 50}),
        ({'annealStrategy': 'linear'}, {'anneal_strategy': 'linear'}),
        ({'threePhase': True}, {'three_phase': True}),
        ({'threePhase': True, 'annealStrategy': 'linear', 'pctStart': 0.2},
         {'three_phase': True, 'anneal_strategy': 'linear', 'pct_start': 0.2}),
    ):
        yield {'name': 'oneCycle', 'maxLearningRate': 0.4, 'totalSteps': 30, **options}, from_torch(
            0.4, lambda o: s.OneCycleLR(o, 0.4, 30, **arguments), 30)
    # A rise from a tenth of the rate, then the other schedule from its beginning.
    yield {'name': 'warmup', 'steps': 8, 'from': 0.05,
           'schedule': {'name': 'exponentialDecay', 'initialLearningRate': 0.5, 'decaySteps': 1, 'decayRate': 0.8}}, from_torch(
        0.5, lambda o: s.SequentialLR(
            o, [s.LinearLR(o, 0.1, 1, 8), s.ExponentialLR(o, 0.8)], [8]), 20)


# Keras' formulas, as keras/optimizers/schedules/learning_rate_schedule.py has them.


def exponential(c, t):
    p = t / c['decaySteps']
    return c['initialLearningRate'] * math.pow(c['decayRate'], math.floor(p) if c.get('staircase') else p)


def inverse_time(c, t):
    p = t / c['decaySteps']
    return c['initialLearningRate'] / (1 + c['decayRate'] * (math.floor(p) if c.get('staircase') else p))


def polynomial(c, t):
    steps, end = c['decaySteps'], c.get('endLearningRate', 0.0001)
    if c.get('cycle'):
        steps *= 1 if t == 0 else math.ceil(t / steps)
    else:
        t = min(t, steps)
    return (c['initialLearningRate'] - end) * math.pow(1 - t / steps, c.get('power', 1)) + end


def cosine(c, t):
    t = min(t, c['decaySteps'])
    decayed = 0.5 * (1 + math.cos(math.pi * t / c['decaySteps']))
    return c['initialLearningRate'] * ((1 - c.get('alpha', 0)) * decayed + c.get('alpha', 0))


def cosine_restarts(c, t):
    t_mul, m_mul, alpha = c.get('tMul', 2), c.get('mMul', 1), c.get('alpha', 0)
    completed = t / c['firstDecaySteps']
    if t_mul == 1:
        restart = math.floor(completed)
        completed -= restart
    else:
        restart = math.floor(math.log(1 - completed * (1 - t_mul)) / math.log(t_mul) + 1e-12)
        completed = (completed - (1 - t_mul ** restart) / (1 - t_mul)) / t_mul ** restart
    decayed = 0.5 * m_mul ** restart * (1 + math.cos(math.pi * completed))
    return c['initialLearningRate'] * ((1 - alpha) * decayed + alpha)


def keras_cases():
    steps = list(range(41)) + [99, 100, 101, 1000, 123456]
    rate = {'initialLearningRate': 0.25}
    for formula, config in (
        (exponential, {'name': 'exponentialDecay', **rate, 'decaySteps': 7, 'decayRate': 0.9}),
        (exponential, {'name': 'exponentialDecay', **rate, 'decaySteps': 7, 'decayRate': 0.9, 'staircase': True}),
        (inverse_time, {'name': 'inverseTimeDecay', **rate, 'decaySteps': 7, 'decayRate': 0.5}),
        (inverse_time, {'name': 'inverseTimeDecay', **rate, 'decaySteps': 7, 'decayRate': 0.5, 'staircase': True}),
        (polynomial, {'name': 'polynomialDecay', **rate, 'decaySteps': 11}),
        (polynomial, {'name': 'polynomialDecay', **rate, 'decaySteps': 11, 'endLearningRate': 0.01, 'power': 0.5}),
        (polynomial, {'name': 'polynomialDecay', **rate, 'decaySteps': 11, 'endLearningRate': 0.01, 'power': 2,
                      'cycle': True}),
        (cosine, {'name': 'cosineDecay', **rate, 'decaySteps': 30, 'alpha': 0.1}),
        (cosine_restarts, {'name': 'cosineDecayRestarts', **rate, 'firstDecaySteps': 6, 'mMul': 0.8, 'alpha': 0.05}),
        (cosine_restarts, {'name': 'cosineDecayRestarts', **rate, 'firstDecaySteps': 6, 'tMul': 1.5}),
        (cosine_restarts, {'name': 'cosineDecayRestarts', **rate, 'firstDecaySteps': 6, 'tMul': 1, 'mMul': 0.9}),
    ):
        yield config, (steps, [formula(config, t) for t in steps])


cases = [
    {'schedule': config, 'source': source, 'steps': steps, 'rates': rates}
    for source, made in (('PyTorch', torch_cases()), ('Keras', keras_cases()))
    for config, (steps, rates) in made
]
lines = ',\n'.join(json.dumps(case, ensure_ascii=False) for case in cases)
(Path(__file__).parent / 'schedules.json').write_text(f'[\n{lines}\n]\n')
print(f'{len(cases)} cases')
