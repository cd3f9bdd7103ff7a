"""Trains a multilayer perceptron with PyTorch or scikit-learn on random data, and says how long it took.

usage: step_server.py torch|scikit-learn [the options of `stepladder bench`]
Reads numbers of steps, one a line; answers each with the process's CPU seconds for so many, as
`stepladder bench --serve` does. One step before each is not counted: it brings the caches up to date."""
import argparse
import sys
import time
import warnings

ROWS = 4096
RATE = 1e-4


def torch_steps(net):
    """A step as its users write it: rows gathered by number, zero_grad, forward, backward, step."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    features = torch.rand(ROWS, net.inputs) * 2 - 1
    labels = torch.randint(net.classes, (ROWS,))
    layers = []
    width = net.inputs
    for units in net.hidden:
        layers += [torch.nn.Linear(width, units), torch.nn.ReLU()]
        layers += [torch.nn.Dropout(net.dropout)] if net.dropout > 0 else []
        width = units
    model = torch.nn.Sequential(*layers, torch.nn.Linear(width, net.classes)).train()
    optimizer = {
        "adam": lambda p: torch.optim.Adam(p, lr=RATE),
        "momentum": lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9),
        "sgd": lambda p: torch.optim.SGD(p, lr=RATE),
    }[net.optimizer](model.parameters())
    loss_of = torch.nn.CrossEntropyLoss()

    def run(steps):
        for which in torch.randint(ROWS, (steps, net.batch)):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=net.precision == "bf16"):
                loss = loss_of(model(features[which]), labels[which])
            loss.backward()
            optimizer.step()
            loss.item()

    return run


def scikit_learn_steps(net):
    """partial_fit makes one pass over what it is given, in batches; there is no dropout to switch on."""
    import numpy
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore")
    random = numpy.random.default_rng(1)
    features = (random.random((ROWS, net.inputs), dtype=numpy.float32) * 2 - 1)
    labels = random.integers(net.classes, size=ROWS)
    model = MLPClassifier(net.hidden, alpha=0, batch_size=net.batch, learning_rate_init=RATE,
                          solver="adam" if net.optimizer == "adam" else "sgd", random_state=1,
                          momentum=0.9 if net.optimizer == "momentum" else 0, nesterovs_momentum=False)
    model.partial_fit(features[:net.batch], labels[:net.batch], classes=range(net.classes))

    def run(steps):
        while steps > 0:
            now = min(steps, ROWS // net.batch)
            model.partial_fit(features[:now * net.batch], labels[:now * net.batch])
            steps -= now

    return run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=["torch", "scikit-learn"])
    parser.add_argument("--inputs", type=int, default=784)
    parser.add_argument("--hidden", type=lambda text: [int(units) for units in text.split(",")])
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--optimizer", default="adam")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--precision", default="fp32")
    net = parser.parse_args()
    run = torch_steps(net) if net.library == "torch" else scikit_learn_steps(net)
    for line in sys.stdin:
        run(1)
        begin = time.process_time()
        run(int(line))
        print(time.process_time() - begin, flush=True)


main()
