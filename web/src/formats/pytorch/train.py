"""Goes on with a training that began in mlp-wasm, on one process or, under torchrun, on many.

    python train.py --epochs 20
    torchrun --nproc_per_node=4 train.py --epochs 20
    torchrun --nnodes=2 --nproc_per_node=8 --rdzv_backend=c10d --rdzv_endpoint=HOST:29500 train.py --epochs 20

Reads checkpoint.safetensors and the shards in data/, and writes checkpoint.safetensors anew after every epoch and when it
is interrupted; started again, it goes on from there, and so does loadCheckpoint() of mlp-wasm. The README beside it says
what is the same as in mlp-wasm, and what is not.
"""

import argparse
import glob
import json
import math
import os
import signal
import struct
import time

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from model import build, read_safetensors

HERE = os.path.dirname(os.path.abspath(__file__))
TINY = 1e-7  # probabilities are kept this far from 0 and 1


# Files


def write_safetensors(path, tensors, metadata):
    """Whole or not at all: the file is renamed into its place when it is complete."""
    header, parts, end = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        data = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [end, end + len(data)]}
        parts.append(data)
        end += len(data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def read_data(folder):
    """Samples and targets of all shards, in their order."""
    shards = [read_safetensors(path)[0] for path in sorted(glob.glob(os.path.join(folder, "*.safetensors")))]
    if not shards:
        raise SystemExit(f"{folder}: expected shards *.safetensors, got none")
    return torch.cat([shard["x"] for shard in shards]), torch.cat([shard["y"] for shard in shards])


# Learning rates, by the step: see schedules in mlp-wasm


def half_cosine(fraction):
    return 0.5 * (1 + math.cos(math.pi * fraction))


def rate_at(schedule, step):
    if not isinstance(schedule, dict):
        return schedule
    name, first = schedule["name"], schedule.get("initialLearningRate")
    if name == "constant":
        return schedule["learningRate"]
    if name == "step":
        return first * schedule["gamma"] ** (step // schedule["stepSize"])
    if name == "piecewise":
        return schedule["values"][sum(step > boundary for boundary in schedule["boundaries"])]
    if name in ("exponentialDecay", "inverseTimeDecay"):
        time_passed = step / schedule["decaySteps"]
        if schedule["staircase"]:
            time_passed = math.floor(time_passed)
        if name == "exponentialDecay":
            return first * schedule["decayRate"] ** time_passed
        return first / (1 + schedule["decayRate"] * time_passed)
    if name == "polynomialDecay":
        steps, end = schedule["decaySteps"], schedule["endLearningRate"]
        if schedule["cycle"]:
            steps *= max(1, math.ceil(step / steps))
        return (first - end) * (1 - min(step, steps) / steps) ** schedule["power"] + end
    if name == "cosineDecay":
        fraction = min(step, schedule["decaySteps"]) / schedule["decaySteps"]
        return first * ((1 - schedule["alpha"]) * half_cosine(fraction) + schedule["alpha"])
    if name == "cosineDecayRestarts":
        fraction, restarts = step / schedule["firstDecaySteps"], 0
        while fraction >= 1:
            fraction, restarts = (fraction - 1) / schedule["tMul"], restarts + 1
        height = schedule["mMul"] ** restarts * half_cosine(fraction)
        return first * ((1 - schedule["alpha"]) * height + schedule["alpha"])
    if name == "oneCycle":
        return one_cycle(schedule, step)
    if name == "warmup":
        steps, inner = schedule["steps"], schedule["schedule"]
        if step < steps:
            return schedule["from"] + (rate_at(inner, 0) - schedule["from"]) * step / steps
        return rate_at(inner, step - steps)
    raise SystemExit(f"learning rate: expected a schedule of mlp-wasm, got {name}")


def one_cycle(schedule, step):
    highest, total, share = schedule["maxLearningRate"], schedule["totalSteps"], schedule["pctStart"]
    initial = highest / schedule["divFactor"]
    last = initial / schedule["finalDivFactor"]
    phases = [(share * total - 1, highest), (total - 1, last)]
    if schedule["threePhase"]:
        phases.insert(1, (2 * share * total - 2, initial))
    fall = half_cosine if schedule["annealStrategy"] == "cos" else lambda fraction: 1 - fraction
    begin, rate = 0, initial
    for end, to in phases:
        if step <= end:
            return to + (rate - to) * fall((step - begin) / (end - begin) if end > begin else 1)
        begin, rate = end, to
    return last


# Optimizers, by the formulas of mlp-wasm, whose state is in the checkpoint


def update(options, step, rate, parameter, gradient, state):
    """One step of a parameter; state: a list of tensors like it, changed in place."""
    name = options["name"]
    if options["weightDecay"]:
        parameter.sub_(parameter, alpha=rate * options["weightDecay"])
    if name == "sgd":
        if not options["momentum"]:
            parameter.sub_(gradient, alpha=rate)
            return
        velocity = state[0]
        velocity.mul_(options["momentum"]).sub_(gradient, alpha=rate)
        if options["nesterov"]:
            parameter.add_(velocity, alpha=options["momentum"]).sub_(gradient, alpha=rate)
        else:
            parameter.add_(velocity)
    elif name == "rmsprop":
        rho, rest = options["rho"], 1 - options["rho"]
        square, others = state[0], list(state[1:])
        square.mul_(rho).addcmul_(gradient, gradient, value=rest)
        variance = square
        if options["centered"]:
            center = others.pop(0)
            center.mul_(rho).add_(gradient, alpha=rest)
            variance = (square - center * center).clamp_(min=0)
        change = gradient / divisor(variance.sqrt().add_(options["epsilon"]))
        if options["momentum"]:
            velocity = others[0]
            change = velocity.mul_(options["momentum"]).add_(change)
        parameter.sub_(change, alpha=rate)
    elif name in ("adam", "adamw"):
        beta1, beta2 = options["beta1"], options["beta2"]
        mean, square = state[:2]
        mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
        square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        largest = torch.maximum(state[2], square, out=state[2]) if options["amsgrad"] else square
        correction = 1 / math.sqrt(1 - beta2**step)
        below = divisor(largest.sqrt().mul_(correction).add_(options["epsilon"]))
        parameter.addcdiv_(mean, below, value=-rate / (1 - beta1**step))
    elif name == "adagrad":
        total = state[0].addcmul_(gradient, gradient)
        below = divisor((total + options["initialAccumulatorValue"]).sqrt_().add_(options["epsilon"]))
        parameter.addcdiv_(gradient, below, value=-rate)
    elif name == "lion":
        mean = state[0]
        direction = (options["beta1"] * mean).add_(gradient, alpha=1 - options["beta1"])
        parameter.sub_(direction.sign_(), alpha=rate)
        mean.mul_(options["beta2"]).add_(gradient, alpha=1 - options["beta2"])


def divisor(below):
    """Where no gradient ever came, nothing moves."""
    return torch.where(below == 0, torch.full_like(below, math.inf), below)


def clip(options, gradients):
    if options["clipValue"]:
        for gradient in gradients:
            gradient.clamp_(-options["clipValue"], options["clipValue"])
    if options["clipNorm"]:
        for gradient in gradients:
            gradient.mul_(min(1.0, options["clipNorm"] / max(float(gradient.norm()), TINY)))
    if options["globalClipNorm"]:
        norm = math.sqrt(sum(float(gradient.norm()) ** 2 for gradient in gradients))
        for gradient in gradients:
            gradient.mul_(min(1.0, options["globalClipNorm"] / max(norm, TINY)))


# Losses: the sum over rows, each the mean over its outputs where mlp-wasm takes that


def row_losses(loss, last, z, y):
    """z: what reaches the last activation, if it is softmax or sigmoid; else outputs."""
    name, smoothing = loss["name"], loss.get("labelSmoothing", 0)
    from_logits = last in ("softmax", "sigmoid")
    if name in ("sparseCategoricalCrossentropy", "categoricalCrossentropy"):
        if name.startswith("sparse"):
            y = torch.nn.functional.one_hot(y.long(), z.shape[1]).to(z.dtype)
        y = y * (1 - smoothing) + smoothing / z.shape[1]
        if last == "softmax" or loss.get("fromLogits"):
            return -(y * torch.log_softmax(z, 1)).sum(1)
        p = torch.sigmoid(z) if last == "sigmoid" else z
        return -(y * torch.log((p / p.sum(1, keepdim=True)).clamp(TINY, 1 - TINY))).sum(1)
    if name == "binaryCrossentropy":
        y = y.to(z.dtype) * (1 - smoothing) + 0.5 * smoothing
        if last == "sigmoid" or loss.get("fromLogits"):
            each = torch.clamp(z, min=0) - y * z + torch.log1p(torch.exp(-z.abs()))
        else:
            p = (torch.softmax(z, 1) if last == "softmax" else z).clamp(TINY, 1 - TINY)
            each = -y * torch.log(p) - (1 - y) * torch.log1p(-p)
        return each.mean(1)
    if from_logits:
        z = torch.softmax(z, 1) if last == "softmax" else torch.sigmoid(z)
    y = y.to(z.dtype)
    difference = z - y
    if name == "meanSquaredError":
        return (difference**2).mean(1)
    if name == "sumOfSquares":
        return (0.5 * difference**2).sum(1)
    if name == "meanAbsoluteError":
        return difference.abs().mean(1)
    if name == "huber":
        delta, size = loss["delta"], difference.abs()
        return torch.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta)).mean(1)
    if name == "logCosh":
        size = difference.abs()
        return (size + torch.log1p(torch.exp(-2 * size)) - math.log(2)).mean(1)
    if name == "hinge":
        return torch.clamp(1 - y * z, min=0).mean(1)
    if name == "squaredHinge":
        return (torch.clamp(1 - y * z, min=0) ** 2).mean(1)
    if name == "poisson":
        return (z - y * torch.log(z.clamp(min=0) + TINY)).mean(1)
    raise SystemExit(f"loss: expected one that train.py has, got {name}")


def penalty(model, about):
    """L1 and L2 of the weights that have one."""
    parameters = dict(model.named_parameters())
    total = 0
    for name, regularizer in about["penalties"].items():
        weight = parameters[name]
        total = total + regularizer.get("l1", 0) * weight.abs().sum() + regularizer.get("l2", 0) * (weight**2).sum()
    return total


class Training:
    """The network, its optimizer's state and how far it has come, as a checkpoint of mlp-wasm has them."""

    def __init__(self, path, about, device):
        self.path, self.about = path, about
        self.tensors, self.metadata = read_safetensors(path)
        config = json.loads(self.metadata["config"])
        self.optimizer, self.loss = config["compile"]["optimizer"], config["compile"]["loss"]
        state = json.loads(self.metadata["training"])
        self.steps, self.epoch = state["steps"], state.get("position", {}).get("epoch", 0)
        own = json.loads(self.metadata.get("pytorch", "{}"))
        self.batch = own.get("batch", 0) if own.get("epoch") == self.epoch else 0
        self.model = build()
        modules = dict(self.model.named_modules())
        self.parameters, self.state = [], []
        with torch.no_grad():
            for name, module, part in about["weights"]:
                tensor = getattr(modules[module], part)
                tensor.copy_(turned(self.tensors[name]))
        self.model.to(device)
        # The optimizer's state: slot by slot, each in the order of the trained weights.
        flat = self.tensors["optimizer/state"]
        trained = [entry for entry in about["weights"] if entry[0] in about["trained"]]
        sizes = [self.tensors[name].numel() for name, _, _ in trained]
        slots = flat.reshape(-1, sum(sizes)) if sum(sizes) and len(flat) else flat.reshape(0, 1)
        offset = 0
        for (name, module, part), size in zip(trained, sizes):
            shape = self.tensors[name].shape
            parts = [turned(slot[offset : offset + size].reshape(shape)).clone().to(device) for slot in slots]
            self.parameters.append((getattr(modules[module], part), name not in about["frozen"]))
            self.state.append(parts)
            offset += size
        for parameter, is_trained in self.parameters:
            parameter.requires_grad_(is_trained)

    def step(self, gradients):
        self.steps += 1
        rate = rate_at(self.optimizer["learningRate"], self.steps - 1)
        moving = [(p, g, s) for (p, is_trained), g, s in zip(self.parameters, gradients, self.state) if is_trained]
        clip(self.optimizer, [gradient for _, gradient, _ in moving])
        with torch.no_grad():
            for parameter, gradient, state in moving:
                update(self.optimizer, self.steps, rate, parameter, gradient, state)

    def save(self):
        modules = dict(self.model.named_modules())
        tensors = {}
        for name, module, part in self.about["weights"]:
            tensors[name] = turned(getattr(modules[module], part).detach().cpu())
        slots = len(self.state[0]) if self.state else 0
        parts = [turned(own[slot].cpu()).reshape(-1) for slot in range(slots) for own in self.state]
        tensors["optimizer/state"] = torch.cat(parts) if parts else torch.empty(0)
        plan = self.about["plan"]
        position = {"epoch": self.epoch, "batch": 0, "totals": [], "passBatch": 0, "plan": plan, "callbacks": []}
        training = {"steps": self.steps, "passesBegun": self.epoch, "position": position}
        own = {"epoch": self.epoch, "batch": self.batch}
        metadata = {**self.metadata, "training": json.dumps(training), "pytorch": json.dumps(own)}
        write_safetensors(self.path, tensors, metadata)


def turned(tensor):
    """mlp-wasm keeps kernels as inputs × units, PyTorch as units × inputs."""
    return tensor.t().contiguous() if tensor.dim() == 2 else tensor




class WithLoss(torch.nn.Module):
    """The network with its loss, because what DistributedDataParallel watches is one module."""

    def __init__(self, training):
        super().__init__()
        self.body, self.loss = training.model, training.loss
        self.last = {"Softmax": "softmax", "Sigmoid": "sigmoid"}.get(type(self.body[-1]).__name__, "")

    def forward(self, x, y):
        layers = list(self.body)
        for layer in layers[:-1] if self.last else layers:
            x = layer(x)
        return row_losses(self.loss, self.last, x, y).sum()


def main():
    with open(os.path.join(HERE, "training.json")) as file:
        about = json.load(file)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=about["epochs"], help="epochs of the whole training, with those done")
    parser.add_argument("--batch-size", type=int, default=about["plan"]["batchSize"], help="rows a step, of all processes")
    parser.add_argument("--steps", type=int, help="ends after so many more steps")
    parser.add_argument("--checkpoint", default=os.path.join(HERE, "checkpoint.safetensors"))
    parser.add_argument("--data", default=os.path.join(HERE, "data"))
    parser.add_argument("--backend", choices=["gloo", "nccl"], help="default: nccl where each process has a GPU")
    parser.add_argument("--save-every", type=float, default=60, help="seconds between checkpoints within an epoch")
    options = parser.parse_args()
    about["plan"]["batchSize"] = options.batch_size

    world = int(os.environ.get("WORLD_SIZE", 1))
    rank, local = int(os.environ.get("RANK", 0)), int(os.environ.get("LOCAL_RANK", 0))
    has_gpu = torch.cuda.is_available() and torch.cuda.device_count() > local
    device = torch.device("cuda", local) if has_gpu and options.backend != "gloo" else torch.device("cpu")
    if world > 1:
        dist.init_process_group(options.backend or ("nccl" if device.type == "cuda" else "gloo"))

    training = Training(options.checkpoint, about, device)
    x, y = (part.to(device) for part in read_data(options.data))
    module = WithLoss(training)
    wrapped = module
    if world > 1:
        ids = [local] if device.type == "cuda" else None
        wrapped = DistributedDataParallel(module, device_ids=ids, broadcast_buffers=False)
    module.train()
    for name in about["frozenModules"]:
        training.model.get_submodule(name).eval()

    interrupted = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _: interrupted.append(signum))

    def save():
        if rank == 0:
            training.save()

    batches = math.ceil(len(x) / options.batch_size)
    saved, begun, steps = time.monotonic(), time.monotonic(), 0
    while training.epoch < options.epochs:
        order = order_of(len(x), about, training.epoch, device)
        total = torch.zeros(2, device=device)
        for batch in range(training.batch, batches):
            rows = order[batch * options.batch_size : (batch + 1) * options.batch_size]
            own = rows[rank::world]
            # DistributedDataParallel averages over the processes: what each gives is its share of the batch's mean.
            loss = wrapped(x[own], y[own])
            share = loss * world / len(rows)
            if about["penalties"]:
                share = share + penalty(training.model, about)
            for parameter, _ in training.parameters:
                parameter.grad = None
            try:
                share.backward()
            except RuntimeError:  # another process has ended: what was done so far is not lost
                save()
                raise
            gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p, _ in training.parameters]
            training.step(gradients)
            training.batch, steps = batch + 1, steps + 1
            total += torch.tensor([float(loss.detach()), len(own)], device=device)
            stop = interrupted or (options.steps and steps >= options.steps)
            if stop or (rank == 0 and time.monotonic() - saved > options.save_every):
                save()
                saved = time.monotonic()
            if stop:
                seconds = time.monotonic() - begun
                if rank == 0:
                    print(f"stopped in epoch {training.epoch + 1} after {steps} steps of {1000 * seconds / steps:.3f} ms")
                return finish(world, interrupted)
        if world > 1:
            dist.all_reduce(total)
        training.epoch, training.batch = training.epoch + 1, 0
        save()
        saved = time.monotonic()
        if rank == 0:
            mean = float(total[0] / total[1]) if total[1] else math.nan
            print(f"epoch {training.epoch}/{options.epochs}: loss {mean:.6f}", flush=True)
    finish(world, [])


def order_of(rows, about, epoch, device):
    """The order of the samples in an epoch: the same in every process, and whenever the epoch is begun anew."""
    if not about["plan"]["shuffle"]:
        return torch.arange(rows, device=device)
    return torch.randperm(rows, generator=torch.Generator().manual_seed(about["seed"] + epoch)).to(device)


def finish(world, interrupted):
    if world > 1 and not interrupted:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
