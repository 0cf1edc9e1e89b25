"""PyTorch on the CPU: torch_mlp.py key=value … answers with one line of JSON, as native/eigen_mlp.cc does.

The modules are the functional ones and the loss is the fused one: what its users would write. `import torch` is timed
for the work `init`.
"""

import json
import os
import sys
import time

begin = time.perf_counter()
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

IMPORT_MS = (time.perf_counter() - begin) * 1000
options = dict(argument.split("=", 1) for argument in sys.argv[1:])
ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def read(name, kind):
    data = bytearray(open(options[name], "rb").read())
    return torch.frombuffer(data, dtype=kind)


def keep(kind, values):
    with open(f"{options['outputs']}.{kind}", "wb") as file:
        file.write(bytes(values.contiguous().view(-1).detach().numpy().data))


class Network:
    def __init__(self):
        self.sizes = [int(size) for size in options["sizes"].split(",")]
        self.hidden = ACTIVATIONS[options["hidden"]]
        self.binary = options["output"] == "sigmoid"
        self.start = read("weights", torch.float32)
        self.restart()

    def restart(self):
        self.layers = torch.nn.ModuleList()
        at = 0
        for inputs, units in zip(self.sizes, self.sizes[1:]):
            layer = torch.nn.Linear(inputs, units)
            with torch.no_grad():
                kernel = self.start[at : at + inputs * units].view(inputs, units)
                layer.weight.copy_(kernel.t())  # torch keeps units × inputs
                at += inputs * units
                layer.bias.copy_(self.start[at : at + units])
                at += units
            self.layers.append(layer)
        rate = float(options["learningRate"])
        if options["optimizer"] == "adam":
            self.optimizer = torch.optim.Adam(self.layers.parameters(), rate, eps=1e-7)
        else:
            self.optimizer = torch.optim.SGD(self.layers.parameters(), rate)

    def logits(self, x):
        for layer in self.layers[:-1]:
            x = self.hidden(layer(x))
        return self.layers[-1](x)

    def predict(self, x):
        with torch.inference_mode():
            z = self.logits(x)
            return torch.sigmoid(z) if self.binary else torch.softmax(z, 1)

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        z = self.logits(x)
        loss = F.binary_cross_entropy_with_logits(z, y) if self.binary else F.cross_entropy(z, y)
        loss.backward()
        self.optimizer.step()


class Run:
    def __init__(self):
        torch.set_num_threads(int(options["threads"]))
        self.network = Network()
        self.x = read("x", torch.float32).view(-1, self.network.sizes[0])
        labels = read("y", torch.uint8)
        self.y = labels.float().view(-1, 1) if self.network.binary else labels.long()
        self.budget = float(options["budgetMs"]) / 1000
        self.repetitions = int(options["repetitions"])
        self.verify = options["verify"] == "true"
        self.samples = []

    def epoch(self, rows, batch_size):
        for row in range(0, rows, batch_size):
            self.network.step(self.x[row : row + batch_size], self.y[row : row + batch_size])

    def train(self):  # as in ../drive/train.mjs
        batch_size = int(options["batchSize"])
        all_batches = len(self.y) // batch_size
        if self.verify:
            self.epoch(int(options["verifyRows"]), batch_size)
            keep("outputs", self.network.predict(self.x[:1000]))

        def timed(batches):
            rows = min(batches, all_batches) * batch_size
            epochs = max(1, round(batches / all_batches))
            self.network.restart()
            start = time.perf_counter()
            for _ in range(epochs):
                self.epoch(rows, batch_size)
            seconds = time.perf_counter() - start
            return seconds, rows * epochs / seconds

        batches = 1
        while (seconds := timed(batches)[0]) < self.budget / 2:
            batches *= 2
        batches = max(1, round(batches * self.budget / seconds))
        unit = batch_size if options["unit"] == "steps/s" else 1
        for _ in range(self.repetitions):
            self.samples.append(timed(batches)[1] / unit)
        keep("outputsAfter", self.network.predict(self.x[:1000]))

    def predict_one(self):
        """A NumPy row in, a NumPy row out, as a typed array is in JavaScript."""
        rows = int(options["rows"])
        inputs = [self.x[row : row + 1].clone().numpy() for row in range(rows)]
        predict = lambda row: self.network.predict(torch.from_numpy(inputs[row % rows])).numpy()  # noqa: E731
        if self.verify:
            keep("outputs", torch.cat([torch.from_numpy(predict(row)) for row in range(rows)]))
        calls, at = 1, 0

        def block():
            nonlocal at
            start = time.perf_counter()
            for _ in range(calls):
                predict(at)
                at += 1
            return time.perf_counter() - start

        warm = time.perf_counter()
        while time.perf_counter() - warm < self.budget / 2:
            if block() < 0.005:
                calls *= 2
        spent = 0
        while spent < self.budget or len(self.samples) < 5:
            seconds = block()
            spent += seconds
            self.samples.append(seconds * 1e6 / calls)

    def predict_many(self):
        rows = int(options["rows"])
        x = self.x[:rows]
        if self.verify:
            keep("outputs", self.network.predict(x))
        warm = time.perf_counter()
        while time.perf_counter() - warm < self.budget / 2:
            self.network.predict(x)
        spent = 0
        while spent < self.budget or len(self.samples) < self.repetitions:
            start = time.perf_counter()
            self.network.predict(x)
            seconds = time.perf_counter() - start
            spent += seconds
            self.samples.append(rows / seconds)


def main():
    if options["kind"] == "init":
        samples = [IMPORT_MS]
    else:
        run = Run()
        {"train": run.train, "predictOne": run.predict_one, "predictMany": run.predict_many}[options["kind"]]()
        samples = run.samples
    mapped = {line.split()[-1] for line in open("/proc/self/maps") if "blas" in line}
    blas = sorted({os.path.basename(os.path.realpath(path)) for path in mapped})
    details = {"threads": torch.get_num_threads(), "blas": blas, "core": os.environ.get("OPENBLAS_CORETYPE")}
    print(json.dumps({"version": f"PyTorch {torch.__version__}", "details": details, "samples": samples}))


main()
