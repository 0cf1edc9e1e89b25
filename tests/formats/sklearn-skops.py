"""Networks that scikit-learn trained, laid out as skops lays them (skops itself was not to be had), with its own answers.

    python3 tests/formats/sklearn-skops.py                   the small corpus, into tests/formats/corpus/sklearn-*
    python3 tests/formats/sklearn-skops.py --many 40 FOLDER  as many drawn ones

The layout is that of skops 0.11: each object by its class, module and loader, with the attributes of __getstate__;
arrays in files of their own. Needs scikit-learn and numpy.
"""
import io
import json
import os
import random
import sys
import warnings
import zipfile

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'corpus')
warnings.filterwarnings('ignore')


class Archive:
    def __init__(self, compressed):
        self.buffer = io.BytesIO()
        self.kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        self.zip = zipfile.ZipFile(self.buffer, 'w', self.kind)
        self.count = 0

    def put(self, name, content):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = self.kind
        self.zip.writestr(info, content)

    def state(self, value):
        self.count += 1
        made = {'__class__': type(value).__name__, '__module__': type(value).__module__, '__id__': 140000000000000 + self.count}
        if isinstance(value, (np.ndarray, np.generic)):
            made['__loader__'] = 'NdArrayNode'
            if value.dtype == object:
                return {**made, 'type': 'json', 'content': self.state(value.tolist())['content'], 'shape': self.state(value.shape)}
            content = io.BytesIO()
            np.save(content, value, allow_pickle=False)
            self.put(f"{made['__id__']}.npy", content.getvalue())
            return {**made, 'type': 'numpy', 'file': f"{made['__id__']}.npy"}
        if isinstance(value, dict):
            types = [{'__class__': 'str', '__module__': 'builtins', '__loader__': 'TypeNode'} for _ in value]
            content = {key: self.state(each) for key, each in value.items()}
            keys = {'__class__': 'list', '__module__': 'builtins', '__loader__': 'ListNode', 'content': types}
            return {**made, '__loader__': 'DictNode', 'content': content, 'key_types': keys}
        if isinstance(value, (list, tuple)):
            loader = 'ListNode' if isinstance(value, list) else 'TupleNode'
            return {**made, '__loader__': loader, 'content': [self.state(each) for each in value]}
        try:
            made.update(__class__='str', __module__='builtins', __loader__='JsonNode', content=json.dumps(value), is_json=True)
            return made
        except TypeError:
            pass
        if isinstance(value, np.random.RandomState):
            return {**made, '__loader__': 'RandomStateNode', 'content': self.state(value.get_state(legacy=False))}
        state = value.__getstate__() if hasattr(value, '__getstate__') else vars(value)
        return {**made, '__loader__': 'ObjectNode', 'content': self.state(state)}


def dumps(estimator, compressed=True):
    archive = Archive(compressed)
    schema = {**archive.state(estimator), 'protocol': 2, '_skops_version': '0.11.0'}
    archive.put('schema.json', json.dumps(schema, indent=2))
    archive.zip.close()
    return archive.buffer.getvalue()


def answers(estimator, x):
    outputs = estimator.predict_proba(x) if hasattr(estimator, 'predict_proba') else estimator.predict(x)
    last = estimator.steps[-1][1] if hasattr(estimator, 'steps') else estimator
    outputs = np.asarray(outputs, float).reshape(len(x), -1)
    if isinstance(last, MLPClassifier) and last.n_outputs_ == 1:
        outputs = outputs[:, 1:]  # ours is the probability of the second class alone
    return outputs


def expected(estimator, features):
    x = np.array([[round(float(np.sin(r * features + i + 1)), 4) for i in range(features)] for r in range(3)])
    method = 'scikit-learn itself, by tests/formats/sklearn-skops.py'
    return {'inputs': x.tolist(), 'outputs': answers(estimator, x).tolist(), 'method': method}


def write(folder, name, estimator, features, known=None, compressed=True):
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(dumps(estimator, compressed))
    with open(os.path.join(folder, name + '.expected.json'), 'w') as file:
        json.dump(known or expected(estimator, features), file)


def trained(draw, rng, kind, features, scalers, **options):
    x = rng.normal(0, 1, (80, features)) * rng.uniform(0.5, 3, features) + rng.normal(0, 1, features)
    if kind == 'regressor':
        y = np.sin(x[:, 0]) if draw.random() < 0.5 else np.stack([np.sin(x[:, 0]), x[:, -1]], 1)
    elif kind == 'labels':
        y = (rng.normal(0, 1, (80, 3)) + x[:, :1] > 0).astype(int)
    else:
        names = draw.choice([np.array(['no', 'yes', 'perhaps']), np.array(['n', 'y', 'p'], dtype=object), np.array([3, 1, 7])])
        y = names[:2 if kind == 'binary' else 3][rng.integers(0, 2 if kind == 'binary' else 3, 80)]
    network = (MLPRegressor if kind == 'regressor' else MLPClassifier)(max_iter=4, random_state=0, **options)
    estimator = make_pipeline(*scalers, network) if scalers else network
    return estimator.fit(x, y)


def many(count, folder):
    os.makedirs(folder, exist_ok=True)
    for seed in range(count):
        draw, rng = random.Random(seed), np.random.default_rng(seed)
        kind = draw.choice(['regressor', 'binary', 'classes', 'labels'])
        features = draw.randint(1, 8)
        scalers = draw.sample([StandardScaler(), StandardScaler(with_mean=False), MinMaxScaler(), RobustScaler(), MaxAbsScaler()], draw.randint(0, 2))
        options = {
            'hidden_layer_sizes': tuple(draw.randint(1, 9) for _ in range(draw.randint(1, 3))),
            'activation': draw.choice(['identity', 'logistic', 'tanh', 'relu']),
            'solver': draw.choice(['adam', 'sgd', 'lbfgs']),
        }
        write(folder, f'drawn-{seed:03}.skops', trained(draw, rng, kind, features, scalers, **options), features)


def corpus():
    draw, rng = random.Random(2), np.random.default_rng(2)
    make = lambda kind, *scalers, **options: trained(draw, rng, kind, 3, scalers, hidden_layer_sizes=(4,), **options)
    write(CORPUS, 'sklearn-classes.skops', make('classes', StandardScaler()), 3)
    write(CORPUS, 'sklearn-binary.skops', make('binary', MinMaxScaler(), activation='tanh'), 3)
    write(CORPUS, 'sklearn-regressor.skops', make('regressor', solver='lbfgs', activation='logistic'), 3)
    write(CORPUS, 'sklearn-labels.skops', make('labels', solver='sgd'), 3)
    refused = {'refused': 'got PolynomialFeatures of sklearn.preprocessing._polynomial'}
    write(CORPUS, 'sklearn-polynomial.skops', make('classes', PolynomialFeatures()), 3, refused)


if __name__ == '__main__':
    if sys.argv[1:2] == ['--many']:
        many(int(sys.argv[2]), sys.argv[3])
    else:
        corpus()
