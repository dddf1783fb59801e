"""The same networks in onnxruntime on one thread, random weights: four views of a colour picture of 64 × 64, ms.

    cargo bench --bench backbones -- --layers > layers.txt
    python3 -m venv venv && venv/bin/pip install onnxruntime onnx numpy
    venv/bin/python benches/backbones_peer.py layers.txt

Batch normalisation is folded into the convolutions, as it is at inference. The vision transformer, which is no graph of
convolutions, is built here with the same sizes.
"""

import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

VIEWS, SIDE = 4, 64


class Net:
    """Nodes and weights of an ONNX graph."""

    def __init__(self):
        self.nodes, self.weights, self.random = [], [], np.random.default_rng(1)

    def weight(self, *dims, scale=None):
        inputs = np.prod(dims[1:]) if len(dims) > 1 else 1
        values = self.random.normal(size=dims) * (scale or np.sqrt(2 / inputs))
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def constant(self, value, kind=np.float32):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    def add(self, op, *inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def dense(self, x, start, to):
        return self.add("Add", self.add("MatMul", x, self.weight(start, to)), self.weight(to))

    def head(self, features, n):
        """Embedding, head and the mean over the views."""
        embedding = self.dense(features, n, 64)
        logits = self.dense(self.add("Relu", embedding), 64, 5)
        return [self.add("ReduceMean", y, self.constant([0], np.int64), keepdims=0) for y in (embedding, logits)]

    def milliseconds(self, outputs):
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [VIEWS, 3, SIDE, SIDE])
        sizes = zip(outputs, ([64], [5]))
        out = [helper.make_tensor_value_info(o, TensorProto.FLOAT, size) for o, size in sizes]
        graph = helper.make_graph(self.nodes, "net", [x], out, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        feed = {"x": self.random.normal(size=(VIEWS, 3, SIDE, SIDE)).astype(np.float32)}
        times = []
        for _ in range(200):
            start = time.perf_counter()
            session.run(None, feed)
            times.append(1e3 * (time.perf_counter() - start))
        times.sort()
        return times[0], times[100]


def pool(net, x, kernel, stride, mean):
    border = (kernel - 1) // 2
    op, more = ("AveragePool", {"count_include_pad": 0}) if mean else ("MaxPool", {})
    return net.add(op, x, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[border] * 4, **more)


def convolutional(lines):
    """A network from its layers, as the bench prints them."""
    net, made, channels = Net(), [], []
    for line in lines[:-1]:
        head, rest = line.split("[")
        inputs, rest = rest.split("]")
        what = head.split()[1]
        inputs = [int(i) for i in inputs.split(",") if i.strip()]
        to, _, kernel, stride = (int(n) for n in rest.split()[:4])
        then = rest.split()[4]
        x = [made[i] for i in inputs]
        if what == "input":
            y = "x"
        elif what in ("convolve", "depthwise"):
            group = channels[inputs[0]] if what == "depthwise" else 1
            weights = [net.weight(to, channels[inputs[0]] // group, kernel, kernel)]
            bias = [] if then == "-" else [net.weight(to, scale=0.1)]
            shape = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [kernel // 2] * 4}
            y = net.add("Conv", x[0], *weights, *bias, group=group, **shape)
        elif what in ("max", "mean"):
            y = pool(net, x[0], kernel, stride, what == "mean")
        elif what == "add":
            y = net.add("Add", *x)
        elif what == "concatenate":
            y = net.add("Concat", *x, axis=1)
        else:
            y = x[0]
        made.append(net.add("Relu", y) if "active" in then else y)
        channels.append(to)
    features = []
    outputs = [int(i) for i in lines[-1].split("[")[1].strip("] ").split(",")]
    for output in outputs:
        flat = [net.add(op, made[output]) for op in ("GlobalAveragePool", "GlobalMaxPool")]
        features += [net.add("Flatten", f) for f in flat]
    return net.milliseconds(net.head(net.add("Concat", *features, axis=1), 2 * sum(channels[o] for o in outputs)))


def vit(width=64, heads=4, layers=4, patch=8):
    """The vision transformer with the sizes of `src/judge/backbone/vit`."""
    net, tokens = Net(), (SIDE // patch) ** 2
    ints = lambda *values: net.constant(values, np.int64)
    norm = lambda x: net.add("LayerNormalization", x, net.weight(width), net.weight(width), epsilon=1e-5)
    x = net.add("Conv", "x", net.weight(width, 3, patch, patch), net.weight(width), kernel_shape=[patch] * 2, strides=[patch] * 2)
    x = net.add("Transpose", net.add("Reshape", x, ints(VIEWS, width, tokens)), perm=[0, 2, 1])
    x = net.add("Add", x, net.weight(tokens, width))
    for _ in range(layers):
        both = net.add("Reshape", net.dense(norm(x), width, 3 * width), ints(VIEWS, tokens, 3, heads, width // heads))
        both = net.add("Transpose", both, perm=[2, 0, 3, 1, 4])
        query, key, value = (net.add("Gather", both, net.constant(i, np.int64), axis=0) for i in range(3))
        scores = net.add("MatMul", query, net.add("Transpose", key, perm=[0, 1, 3, 2]))
        scores = net.add("Softmax", net.add("Mul", scores, net.constant((width // heads) ** -0.5)), axis=-1)
        seen = net.add("Transpose", net.add("MatMul", scores, value), perm=[0, 2, 1, 3])
        x = net.add("Add", x, net.dense(net.add("Reshape", seen, ints(VIEWS, tokens, width)), width, width))
        inner = net.add("Gelu", net.dense(norm(x), width, 4 * width), approximate="tanh")
        x = net.add("Add", x, net.dense(inner, 4 * width, width))
    mean = net.add("ReduceMean", norm(x), ints(1), keepdims=0)
    return net.milliseconds(net.head(mean, width))


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    print(f"onnxruntime {onnxruntime.__version__}, one thread: best (median), ms")
    for block in text.split("backbone ")[1:]:
        name, *lines = block.strip().splitlines()
        print(f"{name:<11} {'%.2f (%.2f)' % convolutional(lines)}")
    print(f"{'vit':<11} {'%.2f (%.2f)' % vit()}")


main()
