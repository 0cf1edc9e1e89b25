"""Writes corpus/numpy_*: what numpy 1 saves, for `loadAny` and `readNumpy`. Run: python3 tests/formats/numpy_files.py

With --check FILE it opens an .npz that we wrote, and computes its network: prints {outputs} as JSON.
"""
import json
import pathlib
import sys

import numpy as np

CORPUS = pathlib.Path(__file__).parent / 'corpus'
ACTIVATIONS = {
    'relu': lambda z: np.maximum(z, 0),
    'tanh': np.tanh,
    'sigmoid': lambda z: 1 / (1 + np.exp(-z)),
    'linear': lambda z: z,
    'softmax': lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


def network(rng, sizes):
    pairs = list(zip(sizes, sizes[1:]))
    return [(rng.normal(size=(a, b)) / np.sqrt(a), rng.normal(size=b)) for a, b in pairs]


def outputs(layers, activations, x):
    for (kernel, bias), name in zip(layers, activations):
        x = ACTIVATIONS[name](x @ kernel.astype('f8') + bias.astype('f8'))
    return x


def write(name, arrays, layers, activations, positional=False):
    path = CORPUS / f'{name}.npz'
    np.savez(path, *arrays) if positional else np.savez(path, **arrays)
    x = np.sin(np.arange(3 * layers[0][0].shape[0]) + 1).round(4).reshape(3, -1)
    expected = {
        'inputs': x.tolist(),
        'outputs': outputs(layers, activations, x).tolist(),
        'method': 'numpy, in float64',
        'options': {'activations': activations},
    }
    (CORPUS / f'{name}.npz.expected.json').write_text(json.dumps(expected) + '\n')


def arrays_of_types():
    """One array of each type, to be read by readNumpy: name → values in numpy_types.json."""
    values = {}
    arrays = {}
    for kind in ['b1', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8']:
        for order in '<>':
            signed = kind[0] in 'if'
            numbers = np.array([0, 1, 2, 3, 100, -5 if signed else 5]).reshape(2, 3)
            if kind[0] == 'f':
                numbers = numbers * 0.3125
            for layout in 'CF':
                name = f'{kind}_{"le" if order == "<" else "be"}_{layout}'
                arrays[name] = np.array(numbers, dtype=order + kind, order=layout)
                values[name] = {'shape': [2, 3], 'data': arrays[name].astype('f8').ravel().tolist()}
    arrays['cube_F'] = np.asfortranarray(np.arange(24, dtype='<i4').reshape(2, 3, 4))
    values['cube_F'] = {'shape': [2, 3, 4], 'data': list(range(24))}
    arrays['scalar'] = np.float64(7.5)
    values['scalar'] = {'shape': [], 'data': [7.5]}
    arrays['empty'] = np.zeros((0, 4), '<f4')
    values['empty'] = {'shape': [0, 4], 'data': []}
    np.savez(CORPUS / 'numpy-types.npz', **arrays)
    (CORPUS / 'numpy-types.json').write_text(json.dumps(values) + '\n')
    np.save(CORPUS / 'numpy-text.npy', np.array(['a', 'b']))
    np.save(CORPUS / 'numpy-complex.npy', np.array([1j]))
    np.save(CORPUS / 'numpy-objects.npy', np.array([{}, []], dtype=object), allow_pickle=True)
    np.save(CORPUS / 'numpy-table.npy', np.zeros(2, dtype=[('a', '<f4'), ('b', '<i4')]))
    np.save(CORPUS / 'numpy-large.npy', np.array([2**53 + 1]))


def corpus():
    rng = np.random.default_rng(11)
    layers = network(rng, [4, 6, 3])
    acts = ['relu', 'softmax']
    by_role = {f'coefs_{i}': k for i, (k, _) in enumerate(layers)}
    by_role.update({f'intercepts_{i}': b for i, (_, b) in enumerate(layers)})
    write('numpy_sklearn', by_role, layers, acts)
    half = [(k.astype('f2'), b.astype('f2')) for k, b in layers]
    by_layer = {f'layers/{i}/{n}': a for i, pair in enumerate(half) for n, a in zip(['kernel', 'bias'], pair)}
    write('numpy_half', by_layer, half, acts)
    deep = network(rng, [3, 5, 4, 4, 2])
    acts = ['tanh', 'sigmoid', 'relu', 'linear']
    write('numpy_positional', [a for pair in deep for a in pair], deep, acts, positional=True)
    big = [(np.asfortranarray(k.astype('>f4')), b.astype('>f4').reshape(1, -1)) for k, b in deep]
    by_name = {f'{n}{i + 1}': a for i, pair in enumerate(big) for n, a in zip('Wb', pair)}
    write('numpy_by_hand', by_name, [(k, b[0]) for k, b in big], acts)
    wide = network(rng, [2] + [3] * 11 + [1])
    disordered = {f'fc{i}.{n}': a for n in ['bias', 'weight'] for i, pair in reversed(list(enumerate(wide)))
                  for a in [pair[0].T.astype('f4') if n == 'weight' else pair[1].astype('f4')]}
    rounded = [(k.astype('f4'), b.astype('f4')) for k, b in wide]
    write('numpy_torch_order', disordered, rounded, ['tanh'] * 11 + ['linear'])
    arrays_of_types()


def check(path):
    """The network of an .npz of ours of dense layers, computed by numpy."""
    with np.load(path) as arrays:
        model = json.loads(bytes(arrays['architecture']))
        layers = [(arrays[f'{l["name"]}/kernel'], arrays[f'{l["name"]}/bias']) for l in model['layers']]
    x = np.array(model['examples']['inputs'])
    acts = [l['activation']['name'] for l in model['layers']]
    print(json.dumps({'outputs': outputs(layers, acts, x).tolist(), 'examples': model['examples']['outputs']}))


if sys.argv[1:2] == ['--check']:
    check(sys.argv[2])
else:
    CORPUS.mkdir(exist_ok=True)
    corpus()
