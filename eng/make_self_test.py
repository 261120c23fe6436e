"""Makes src/Supir.Cli/Doctor/self-test.safetensors out of tests/goldens: a few of the Python program's own results, small
enough to travel with ours. Run from the clone's root; needs nothing but Python."""
import json, struct

GOLDENS = "tests/goldens/"
CAPTION = "a photo of a cat"  # the goldens' caption, see tests/goldens/README.md


def open_safetensors(name):
    data = open(GOLDENS + name, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])

    def read(key):
        entry = header[key]
        assert entry["dtype"] == "F32"
        start, end = entry["data_offsets"]
        return entry["shape"], struct.unpack(f"<{(end - start) // 4}f", data[8 + length + start:8 + length + end])

    return read


mini = open_safetensors("mini.safetensors")
random = open_safetensors("random.safetensors")
tensors = {
    "latent": mini("latent"),
    "condition.tokens": mini("cond.crossattn"),
    "condition.vector": mini("cond.vector"),
    "sigmas": mini("sigmas.8"),
    "random.cpu": random("cpu.1234.a"),
    "random.cuda": random("cuda.1234.a"),
}
shape, stage1 = mini("stage1")
height, width = shape[2:]
STRIDE = 8
tensors["picture"] = (
    [1, 3, height // STRIDE, width // STRIDE],
    [stage1[(c * height + y) * width + x] for c in range(3) for y in range(0, height, STRIDE) for x in range(0, width, STRIDE)],
)

texts = json.load(open(GOLDENS + "tokens.json"))
positive = texts[-2]
tensors["tokens"] = ([77], positive["clip"])
manifest = json.load(open(GOLDENS + "mini.manifest.json"))
metadata = {
    "caption": CAPTION,
    "text": positive["text"],
    "shapes": json.dumps({name: shape for name, shape in manifest.items() if name.split(".")[0] in ("first_stage_model", "conditioner")},
                         separators=(",", ":")),
}

header, body = {"__metadata__": metadata}, b""
for name, (shape, values) in sorted(tensors.items()):
    data = struct.pack(f"<{len(values)}f", *values)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
    body += data
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open("src/Supir.Cli/Doctor/self-test.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
