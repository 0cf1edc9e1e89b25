"""A multilayer perceptron that mlp-wasm wrote, for scikit-learn 1.0 and later.

    python model.py                  checks that the network answers as it did in mlp-wasm

    from model import load
    model = load("weights.npz")      an MLPClassifier or MLPRegressor, behind a StandardScaler where inputs are scaled
"""

import os

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler

# SETTINGS


def load(path="weights.npz"):
    """The network with its weights, ready to predict, as if it had been fitted."""
    weights = np.load(path)
    kinds = {"identity": MLPRegressor}
    hidden = tuple(weights[f"intercept_{i}"].size for i in range(LAYERS - 1))
    network = kinds.get(OUTPUT, MLPClassifier)(hidden_layer_sizes=hidden, activation=HIDDEN)
    network.coefs_ = [weights[f"coef_{i}"] for i in range(LAYERS)]
    network.intercepts_ = [weights[f"intercept_{i}"] for i in range(LAYERS)]
    network.n_features_in_ = network.coefs_[0].shape[0]
    network.n_layers_ = LAYERS + 1
    network.n_outputs_ = network.coefs_[-1].shape[1]
    network.out_activation_ = OUTPUT
    network.n_iter_ = network.t_ = network._no_improvement_count = 0
    network.loss_ = network.best_loss_ = np.inf
    network.loss_curve_ = []
    if isinstance(network, MLPClassifier):
        # Several outputs of their own are labels that a sample has or has not.
        has_labels = OUTPUT == "logistic" and network.n_outputs_ > 1
        names = np.eye(network.n_outputs_, dtype=int) if has_labels else np.array(CLASSES)
        network._label_binarizer = LabelBinarizer().fit(names)
        network.classes_ = np.array(CLASSES) if not has_labels else network._label_binarizer.classes_
    if "mean" not in weights:
        return network
    scaler = StandardScaler()
    scaler.mean_ = weights["mean"].astype(float)
    scaler.var_ = weights["variance"].astype(float)
    scaler.scale_ = np.sqrt(scaler.var_)
    scaler.n_features_in_ = scaler.mean_.size
    scaler.n_samples_seen_ = 1
    return make_pipeline(scaler, network)


def outputs(model, x):
    """The outputs of the last layer, a row for each sample."""
    if not hasattr(model, "predict_proba"):
        return np.asarray(model.predict(x)).reshape(len(x), -1)
    shares = model.predict_proba(x)[:, ORDER]
    network = model.steps[-1][1] if hasattr(model, "steps") else model
    return shares if network.n_outputs_ > 1 else shares[:, 1:]


def check(path="weights.npz"):
    """The largest difference from the outputs that mlp-wasm had for the examples in the file, of those above 1 relative."""
    weights = np.load(path)
    expected = weights["example_outputs"]
    given = outputs(load(path), weights["example_inputs"])
    return float((np.abs(given - expected) / np.maximum(np.abs(expected), 1)).max())


if __name__ == "__main__":
    difference = check(os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights.npz"))
    print(f"largest difference from mlp-wasm: {difference:.1e}")
    if not difference < 1e-4:
        raise SystemExit("the network does not answer as it did in mlp-wasm")
