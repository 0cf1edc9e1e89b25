"""A multilayer perceptron that mlp-wasm wrote, for Keras 2.6 and later and Keras 3.

    python model.py                  checks that the network answers as it did in mlp-wasm, and saves it as model.keras

    from model import load
    model = load("model.weights.npz")
"""

import os

import numpy as np

try:
    import keras
except ImportError:
    from tensorflow import keras

layers = keras.layers
registered = getattr(keras, "saving", keras.utils).register_keras_serializable


@registered("mlp_wasm")
def hard_sigmoid(x):
    """x/6 + 1/2 within [0, 1]; Keras 2 has x/5 + 1/2 of that name."""
    return keras.activations.relu(x / 6 + 0.5, max_value=1.0)


@registered("mlp_wasm")
def gelu_tanh(x):
    """The approximation of gelu by tanh."""
    return keras.activations.gelu(x, approximate=True)


@registered("mlp_wasm")
def log_softmax(x):
    """Logarithms of softmax, which Keras 2 has not everywhere."""
    if hasattr(keras.activations, "log_softmax"):
        return keras.activations.log_softmax(x)
    import tensorflow as tf

    return tf.nn.log_softmax(x)


def build(weights):
    """The network, with these weights by name."""
    model = keras.Sequential()
    stored = []

    def add(layer, *names):
        model.add(layer)
        stored.append((layer, names))

    # LAYERS
    for layer, names in stored:
        if names:
            layer.set_weights([weights[name] for name in names])
    return model


def load(path="model.weights.npz"):
    """The network with its weights, ready to predict, to be compiled and trained."""
    return build(np.load(path))


def check(model, path="model.weights.npz"):
    """The largest difference from the outputs that mlp-wasm had for the examples in the file, of those above 1 relative."""
    weights = np.load(path)
    expected = weights["example_outputs"]
    outputs = np.asarray(model.predict(weights["example_inputs"], verbose=0))
    return float((np.abs(outputs - expected) / np.maximum(np.abs(expected), 1)).max())


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(folder, "model.weights.npz")
    network = load(path)
    difference = check(network, path)
    print(f"largest difference from mlp-wasm: {difference:.1e}")
    if not difference < 1e-4:
        raise SystemExit("the network does not answer as it did in mlp-wasm")
    network.save(os.path.join(folder, "model.keras"))
