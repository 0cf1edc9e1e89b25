"""Tables to learn from: the same numbers as tables.ts makes, from integers and sums that round alike everywhere."""

import math


class Draws:
    """Lehmer's generator (Park & Miller 1988, with their later multiplier)."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def normal(self):
        """Nearly: the sum of twelve uniform numbers."""
        total = -6.0
        for _ in range(12):
            total += self.uniform()
        return total

    def below(self, count):
        return math.floor(self.uniform() * count)


def exact(value):
    """To the nearest 256th, which float32 holds."""
    return math.floor(value * 256 + 0.5) / 256


def cancer():
    """569 × 30, two classes told apart by correlated measurements; one label in twenty is wrong."""
    draws = Draws(101)
    shifts = [0.6 * draws.normal() for _ in range(30)]
    loadings = [[draws.normal() for _ in range(3)] for _ in range(30)]
    x, y = [], []
    for _ in range(569):
        label = 1 if draws.uniform() < 0.63 else 0
        factors = [draws.normal() for _ in range(3)]
        row = []
        for shift, (a, b, c) in zip(shifts, loadings):
            common = a * factors[0] + b * factors[1] + c * factors[2]
            row.append(exact((label - 0.5) * shift + 0.5 * common + 0.8 * draws.normal()))
        x.append(row)
        y.append(1 - label if draws.uniform() < 0.05 else label)
    return x, y


def digits():
    """1797 × 64, ten classes of images with grey levels 0 to 16, drawn by noisy pens."""
    draws = Draws(202)
    pens = [[16 * draws.uniform() * draws.uniform() for _ in range(64)] for _ in range(10)]
    x, y = [], []
    for _ in range(1797):
        label = draws.below(10)
        pressure = 0.6 + 0.8 * draws.uniform()
        levels = [math.floor(pressure * ink + 6.5 * draws.normal() + 0.5) for ink in pens[label]]
        x.append([min(max(level, 0), 16) / 16 for level in levels])
        y.append(label)
    return x, y


def regression():
    """600 × 8: products and a fold, and noise."""
    draws = Draws(303)
    x, y = [], []
    for _ in range(600):
        row = [exact(draws.normal()) for _ in range(8)]
        a, b, c, d, e = row[:5]
        x.append(row)
        y.append(exact(a + 0.5 * b * c + 0.7 * abs(d) - 0.4 * e + 0.3 * draws.normal()))
    return x, y


TABLES = {'cancer': cancer, 'digits': digits, 'regression': regression}


def checksum(x, y):
    return sum((i % 97 + 1) * sum((j + 1) * value for j, value in enumerate(row)) for i, row in enumerate(x)) + sum(y)
