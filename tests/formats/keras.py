"""Files laid out as Keras lays them, written by h5py, with what numpy computes of them in doubles.

    python3 tests/formats/keras.py                   the small corpus, into tests/formats/corpus/keras-*
    python3 tests/formats/keras.py --many 40 FOLDER  as many drawn networks, each in a layout of some version of Keras

Keras itself is not needed, and was not there: real files of it are in MODELS_DIR. Needs h5py and numpy.
"""
import io
import json
import math
import os
import random
import re
import sys
import zipfile

import h5py
import numpy as np

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'corpus')


def snake(name):
    name = re.sub(r'(.)([A-Z][a-z]+)', r'\1_\2', name)
    return re.sub('([a-z])([A-Z])', r'\1_\2', name).lower()


# Activations as Keras has them: (how a config says it, function of z)
def activations(major):
    slope = 1 / 6 if major == 3 else 0.2
    erf = np.vectorize(math.erf)
    plain = {
        'linear': lambda z: z,
        'relu': lambda z: np.maximum(z, 0),
        'sigmoid': lambda z: 1 / (1 + np.exp(-z)),
        'tanh': np.tanh,
        'softmax': lambda z: np.exp(z - z.max(-1, keepdims=True)) / np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True),
        'elu': lambda z: np.where(z > 0, z, np.expm1(z)),
        'selu': lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(z)),
        'gelu': lambda z: z * 0.5 * (1 + erf(z / math.sqrt(2))),
        'softplus': lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0),
        'softsign': lambda z: z / (1 + np.abs(z)),
        'exponential': np.exp,
        'hard_sigmoid': lambda z: np.clip(slope * z + 0.5, 0, 1),
        'silu' if major == 3 else 'swish': lambda z: z / (1 + np.exp(-z)),
    }
    if major == 3:
        plain['leaky_relu'] = lambda z: np.where(z > 0, z, 0.2 * z)
        plain['log_softmax'] = lambda z: z - z.max(-1, keepdims=True) - np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True))
    return plain


def activation_layers(major):
    below = 'negative_slope' if major == 3 else 'alpha'
    return [
        ('ReLU', {'max_value': None, 'negative_slope': 0.0, 'threshold': 0.0}, lambda z: np.maximum(z, 0)),
        ('ReLU', {'max_value': None, 'negative_slope': 0.125, 'threshold': 0.0}, lambda z: np.where(z > 0, z, 0.125 * z)),
        ('LeakyReLU', {below: 0.3}, lambda z: np.where(z > 0, z, 0.3 * z)),
        ('LeakyReLU', {}, lambda z: np.where(z > 0, z, 0.3 * z)),
        ('ELU', {'alpha': 0.5}, lambda z: np.where(z > 0, z, 0.5 * np.expm1(z))),
        ('Softmax', {'axis': -1}, activations(major)['softmax']),
        ('Activation', {'activation': 'tanh'}, np.tanh),
    ]


class Network:
    """Layers as (class, config, weights by name, function); counts names as Keras does."""

    def __init__(self, major, shape, dtype='float32'):
        self.major, self.shape, self.dtype = major, list(shape), dtype
        self.layers, self.counts = [], {}
        self.now = list(shape)

    def add(self, class_name, config, weights=(), function=lambda x: x, shape=None):
        kind = snake(class_name)
        count = self.counts.get(kind, 0)
        self.counts[kind] = count + 1
        name = kind if count == 0 else f'{kind}_{count}'
        dtype = {'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'}, 'registered_name': None}
        base = {'name': name, 'trainable': True, 'dtype': dtype if self.major == 3 else 'float32'}
        weights = [(key, np.asarray(value, self.dtype)) for key, value in weights]
        self.layers.append((class_name, {**base, **config}, weights, function))
        if shape is not None:
            self.now = list(shape)
        return [value.astype('float64') for _, value in weights]

    def dense(self, rng, units, activation=None, function=None, use_bias=True, **config):
        inputs = self.now[-1]
        kernel = rng.normal(0, 1 / math.sqrt(inputs), (inputs, units))
        weights = [('kernel', kernel)] + ([('bias', rng.normal(0, 0.3, units))] if use_bias else [])
        stored = []
        function = function or activations(self.major)[activation or 'linear']

        def forward(x):
            z = x @ stored[0]
            return function(z + stored[1] if use_bias else z)

        options = {'units': units, 'activation': activation or 'linear', 'use_bias': use_bias, **config}
        stored += self.add('Dense', options, weights, forward, self.now[:-1] + [units])

    def batch_normalization(self, rng, center=True, scale=True, epsilon=1e-3):
        n, stored = self.now[-1], []
        weights = [('gamma', rng.uniform(0.5, 2, n))] if scale else []
        weights += [('beta', rng.normal(0, 0.5, n))] if center else []
        weights += [('moving_mean', rng.normal(0, 0.5, n)), ('moving_variance', rng.uniform(0.5, 2, n))]

        def forward(x):
            values = dict(zip([name for name, _ in weights], stored))
            z = (x - values['moving_mean']) / np.sqrt(values['moving_variance'] + epsilon)
            return z * values.get('gamma', 1) + values.get('beta', 0)

        config = {'axis': -1 if self.major == 3 else [1], 'momentum': 0.9, 'epsilon': epsilon, 'center': center, 'scale': scale}
        stored += self.add('BatchNormalization', config, weights, forward)

    def layer_normalization(self, rng, epsilon=1e-3):
        n, stored = self.now[-1], []
        weights = [('gamma', rng.uniform(0.5, 2, n)), ('beta', rng.normal(0, 0.5, n))]

        def forward(x):
            z = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)
            return z * stored[0] + stored[1]

        config = {'axis': -1 if self.major == 3 else [1], 'epsilon': epsilon, 'center': True, 'scale': True}
        stored += self.add('LayerNormalization', config, weights, forward)

    def normalization(self, rng, given=False):
        n, stored = self.now[-1], []
        mean, variance = rng.normal(0, 1, n).astype('float32'), rng.uniform(0.3, 2, n).astype('float32')
        config = {'axis': [-1], 'invert': False, 'mean': None, 'variance': None}
        weights = [('mean', mean), ('variance', variance)] + ([('count', np.asarray(7))] if self.major == 2 else [])
        if given:
            config.update(mean=mean.tolist(), variance=variance.tolist())
            weights = []
        stored = [mean.astype('float64'), variance.astype('float64')]
        kept = self.add('Normalization', config, weights, lambda x: (x - stored[0]) / np.sqrt(stored[1]))
        if kept:
            stored[:] = kept[:2]

    def other(self, rng, kind):
        if kind == 'Dropout':
            self.add('Dropout', {'rate': 0.25, 'seed': None, 'noise_shape': None})
        elif kind == 'AlphaDropout':
            self.add('AlphaDropout', {'rate': 0.25})
        elif kind == 'GaussianNoise':
            self.add('GaussianNoise', {'stddev': 0.25})
        elif kind == 'Rescaling':
            self.add('Rescaling', {'scale': 0.125, 'offset': -1.0}, (), lambda x: x * 0.125 - 1)
        elif kind == 'Flatten':
            size = int(np.prod(self.now))
            self.add('Flatten', {'data_format': 'channels_last'}, (), lambda x: x.reshape(len(x), size), [size])
        elif kind == 'Reshape':
            size = int(np.prod(self.now))
            self.add('Reshape', {'target_shape': [size]}, (), lambda x: x.reshape(len(x), size), [size])
        else:
            class_name, config, function = kind
            self.add(class_name, config, (), function)

    def predict(self, x):
        x = np.asarray(x, 'float64').reshape([-1] + self.shape)
        for *_, function in self.layers:
            x = function(x)
        return x.reshape(len(x), -1)

    def json(self, functional=False, compiled=None):
        module = {'module': 'keras.layers', 'registered_name': None} if self.major == 3 else {}
        shape_key = 'batch_shape' if self.major == 3 else 'batch_input_shape'
        layers = [{**module, 'class_name': 'InputLayer', 'config': {shape_key: [None] + self.shape, 'dtype': 'float32', 'name': 'input_1'}}]
        layers += [{**module, 'class_name': class_name, 'config': config} for class_name, config, *_ in self.layers]
        config = {'name': 'model', 'layers': layers}
        if functional:
            before = None
            for layer in layers:
                name = layer['name'] = layer['config']['name']
                if before is None:
                    layer['inbound_nodes'] = []
                elif self.major == 3:
                    history = {'class_name': '__keras_tensor__', 'config': {'shape': [None, 1], 'keras_history': [before, 0, 0]}}
                    layer['inbound_nodes'] = [{'args': [history], 'kwargs': {}}]
                else:
                    layer['inbound_nodes'] = [[[before, 0, 0, {}]]]
                before = name
            ends = [['input_1', 0, 0], [before, 0, 0]]
            config['input_layers'], config['output_layers'] = ([e] for e in ends)
            layers.reverse()  # the order in the list does not count; that of layers of a kind does
            layers.sort(key=lambda layer: int((re.findall(r'_(\d+)$', layer['name']) or ['0'])[0]))
        kind = 'Functional' if functional else 'Sequential'
        model = {'class_name': kind, 'config': config}
        if compiled:
            model['compile_config'] = compiled
        return {'module': 'keras', **model} if self.major == 3 else model

    # The layouts

    def store(self, group, style):
        """layers/dense_1/vars/0, as .keras and .weights.h5 have it."""
        folder = '_layer_checkpoint_dependencies' if style.endswith('213') else 'layers'
        base = folder + ('\\' if style.startswith('windows') else '/')
        counts = {}
        for class_name, config, weights, _ in self.layers:
            kind = snake(class_name)
            step = 2 if style.endswith('213') and weights else 1
            count = counts.get(kind, 0)
            counts[kind] = count + step
            vars_ = group.create_group(f"{base}{kind if count == 0 else f'{kind}_{count}'}/vars")
            if style == 'plain':
                vars_.attrs['name'] = config['name']
            for i, (_, value) in enumerate(weights):
                vars_[str(i)] = value
        optimizer = group.create_group('optimizer' + '/vars')
        optimizer['0'] = np.asarray(17)
        group.create_group('vars')

    def legacy(self, file, configured=True, training=None):
        """A group for each layer, as .h5 has it."""
        root = file
        file.attrs['keras_version'] = '3.7.0' if self.major == 3 else '2.12.0'
        file.attrs['backend'] = 'tensorflow'
        if configured:
            file.attrs['model_config'] = json.dumps(self.json())
            if training:
                file.attrs['training_config'] = json.dumps(training)
            root = file.create_group('model_weights')
        names = [config['name'] for _, config, *_ in self.layers]
        as_bytes = self.major == 2  # fixed strings, where h5py 2 wrote bytes
        root.attrs['layer_names'] = [name.encode() for name in names] if as_bytes else names
        for class_name, config, weights, _ in self.layers:
            name = config['name']
            group = root.create_group(name)
            paths = [f'{name}/{weight}:0' if self.major == 2 else f'model/{name}/{weight}' for weight, _ in weights]
            if as_bytes:
                group.attrs['weight_names'] = [path.encode() for path in paths]
            else:
                group.attrs['weight_names'] = paths
            for path, (_, value) in zip(paths, weights):
                group[path] = value


ADAM = {
    'optimizer': {'class_name': 'Adam', 'config': {'name': 'adam', 'learning_rate': 0.0010000000474974513, 'beta_1': 0.9}},
    'loss': 'mse',
    'metrics': ['mae'],
}


# Options by which people have h5py pack datasets; with 'halves' the chunks are half as long as the axes, with 'ones' they
# are so many that a tree of them has several levels
PACKINGS = [
    {'compression': 'gzip'},
    {'compression': 'gzip', 'compression_opts': 9, 'shuffle': True},
    {'chunks': 'halves', 'compression': 'gzip', 'shuffle': True, 'fletcher32': True},
    {'chunks': 'halves', 'shuffle': True},
    {'chunks': True},
    {'chunks': 'ones', 'compression': 'gzip'},
]


def pack(file, chunks=True, **options):
    """Writes every dataset anew in chunks."""
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) and item.shape else None)
    for name in found:
        data = file[name][()]
        del file[name]
        sides = {'halves': [(size + 1) // 2 for size in data.shape], 'ones': [1] * data.ndim}
        file.create_dataset(name, data=data, chunks=chunks is True or tuple(sides[chunks]), **options)


def hdf5(fill, packing=None, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, 'w', **options) as file:
        fill(file)
        if packing:
            pack(file, **packing)
    return buffer.getvalue()


def archive(network, style='plain', functional=False, compressed=True, compiled=None, model=None, **options):
    version = {'plain': '3.7.0', 'windows': '2.15.0'}.get(style, '2.13.1')
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, 'w', kind) as file:
        def put(name, content):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = kind
            file.writestr(info, content)
        put('metadata.json', json.dumps({'keras_version': version}))
        put('config.json', json.dumps(model or network.json(functional, compiled)))
        put('model.weights.h5', hdf5(lambda h5: network.store(h5, style), **options))
    return buffer.getvalue()


def examples(network, rows=3):
    size = int(np.prod(network.shape))
    x = [[round(math.sin(r * size + i + 1), 4) for i in range(size)] for r in range(rows)]
    return {'inputs': x, 'outputs': network.predict(x).tolist(), 'method': 'numpy in doubles, by tests/formats/keras.py'}


def write(folder, name, content, expected, beside=()):
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(content)
    for other, text in beside:
        with open(os.path.join(folder, other), 'w') as file:
            file.write(text)
    if beside:
        expected['beside'] = [other for other, _ in beside]
    with open(os.path.join(folder, name + '.expected.json'), 'w') as file:
        json.dump(expected, file)


def drawn(seed):
    """A network of drawn layers, and a layout for it."""
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    major = draw.choice([2, 3])
    shape = draw.choice([[draw.randint(1, 9)], [draw.randint(1, 9)], [3, 2], [2, 3, 2]])
    network = Network(major, shape, draw.choice(['float32'] * 4 + ['float64', 'float16']))
    if draw.random() < 0.3:
        network.other(rng, 'Rescaling')
    if len(shape) > 1:
        network.other(rng, draw.choice(['Flatten', 'Reshape']))
    if draw.random() < 0.3:
        network.normalization(rng, given=draw.random() < 0.5)
    plain = [name for name in activations(major) if name not in ('exponential', 'log_softmax')]
    for _ in range(draw.randint(1, 4)):
        network.dense(rng, draw.randint(1, 12), draw.choice(plain), use_bias=draw.random() < 0.8)
        for kind in draw.sample(['Dropout', 'AlphaDropout', 'GaussianNoise', 'batch', 'layer', 'activation'], draw.randint(0, 2)):
            if kind == 'batch':
                network.batch_normalization(rng, draw.random() < 0.7, draw.random() < 0.7, draw.choice([1e-3, 1e-5]))
            elif kind == 'layer':
                network.layer_normalization(rng, draw.choice([1e-3, 0.01]))
            else:
                network.other(rng, kind if kind != 'activation' else draw.choice(activation_layers(major)))
    network.dense(rng, draw.randint(1, 5), draw.choice([*plain, *(['log_softmax'] if major == 3 else [])]))
    options = {'libver': draw.choice(['earliest', 'earliest', ('earliest', 'v108'), 'latest'])}
    if options['libver'] == 'latest' and len(network.layers) > 7:
        options = {}  # more than 8 names in a group are in a heap, which is not read
    layout = draw.choice(['archive', 'functional', 'legacy', 'weights'])
    style = 'plain' if major == 3 else draw.choice(['windows', 'windows213', 'linux213'])
    return network, layout, style, options


def many(count, folder):
    os.makedirs(folder, exist_ok=True)
    for seed in range(count):
        network, layout, style, options = drawn(seed)
        if options.get('libver') != 'latest' and seed % 2:
            options = {**options, 'packing': PACKINGS[seed // 2 % len(PACKINGS)]}
        expected, beside, name = examples(network), [], f'drawn-{seed:03}-{layout}'
        if layout == 'legacy':
            name, content = name + '.h5', hdf5(lambda h5: network.legacy(h5), **options)
        elif layout == 'weights':
            beside = [(f'{name}.json', json.dumps(network.json()))]
            name, content = name + '.weights.h5', hdf5(lambda h5: network.store(h5, style), **options)
        else:
            content = archive(network, style, layout == 'functional', seed % 5 == 0, ADAM, None, **options)
            name += '.keras'
        write(folder, name, content, expected, beside)


def small(major=3, **options):
    network, rng = Network(major, [4], **options), np.random.default_rng(5)
    network.dense(rng, 6, 'relu', kernel_regularizer={'class_name': 'L2', 'config': {'l2': 0.001}})
    network.batch_normalization(rng)
    network.other(rng, 'Dropout')
    network.dense(rng, 3, 'softmax')
    return network


def corpus():
    rng = np.random.default_rng(7)
    put = lambda name, content, expected, beside=(): write(CORPUS, f'keras-{name}', content, expected, beside)
    network = small()
    put('3.keras', archive(network, compiled=ADAM), examples(network))
    put('3-latest.keras', archive(network, libver='latest', compressed=False), examples(network))
    put('3-functional.keras', archive(network, functional=True), examples(network))
    network = small(2)
    put('2.13-windows.keras', archive(network, 'windows213'), examples(network))
    put('2-functional.keras', archive(network, 'windows', functional=True), examples(network))
    put('2.h5', hdf5(lambda file: network.legacy(file)), examples(network))
    half = small(3, dtype='float16')
    put('half.h5', hdf5(lambda file: half.legacy(file)), examples(half))
    big = small(3, dtype='>f8')
    put('big-endian.h5', hdf5(lambda file: big.legacy(file)), examples(big))
    steep = Network(2, [3])
    steep.dense(rng, 4, 'hard_sigmoid')
    steep.dense(rng, 2, 'swish')
    put('2-hard-sigmoid.h5', hdf5(lambda file: steep.legacy(file)), examples(steep))
    image = Network(3, [4, 4, 1])
    image.other(rng, 'Rescaling')
    image.other(rng, 'Flatten')
    image.dense(rng, 3, 'leaky_relu')
    put('image.weights.h5', hdf5(lambda file: image.store(file, 'plain')), examples(image), [('keras-image.json', json.dumps(image.json()))])
    alone = Network(2, [3])
    alone.dense(rng, 4, 'tanh')
    alone.other(rng, 'Dropout')
    alone.dense(rng, 2)
    expected = {**examples(alone), 'options': {'activations': 'tanh'}}
    put('alone.h5', hdf5(lambda file: alone.legacy(file, configured=False)), expected)

    network = small(2)

    def chunked(file):
        network.legacy(file)
        kernel = file['model_weights/dense/dense/kernel:0'][()]
        del file['model_weights/dense/dense/kernel:0']
        file.create_dataset('model_weights/dense/dense/kernel:0', data=kernel, chunks=(3, 4), compression='gzip')

    put('chunked.h5', hdf5(chunked), examples(network))
    put('packed.h5', hdf5(lambda file: network.legacy(file), packing=PACKINGS[2]), examples(network))
    put('packed-in-one.h5', hdf5(lambda file: network.legacy(file), packing=PACKINGS[1]), examples(network))
    network = small()
    put('packed.keras', archive(network, compressed=False, packing=PACKINGS[3]), examples(network))
    lzf = {'compression': 'lzf'}
    put('lzf.h5', hdf5(lambda file: alone.legacy(file), packing=lzf), {'refused': 'packed by deflate or shuffle, got lzf'})
    newest = hdf5(lambda file: alone.legacy(file), packing=PACKINGS[0], libver='latest')
    put('chunked-latest.h5', newest, {'refused': "written anew with h5py's default libver, it can be read"})
    branch = small()
    model = branch.json(functional=True)
    model['config']['layers'][-1]['inbound_nodes'] = [{'args': [[
        {'class_name': '__keras_tensor__', 'config': {'keras_history': [name, 0, 0]}} for name in ('dense', 'dropout')
    ]], 'kwargs': {}}]
    put('branch.keras', archive(branch, model=model), {'refused': 'a layer that is called on several'})


if __name__ == '__main__':
    if sys.argv[1:2] == ['--many']:
        many(int(sys.argv[2]), sys.argv[3])
    else:
        corpus()
