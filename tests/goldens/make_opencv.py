"""Makes opencv.safetensors: pictures resized by cv2.resize, where the demo goldens of mini.safetensors have none.

Run with a Python that has OpenCV and NumPy (made with 4.6.0 and 1.24): python3 tests/goldens/make_opencv.py
`in` is (37, 50, 3) of pseudo-random levels, smoothed a little; `{area|lanczos4}.{width}x{height}` is it at that size.
"""
import json
import os
import struct
import cv2
import numpy as np

SIZES = {
    'area': [(20, 15), (25, 37), (10, 12), (49, 36), (64, 30), (30, 64), (1, 1)],
    'lanczos4': [(96, 64), (51, 37), (60, 30), (32, 32)],
}
KINDS = {'area': cv2.INTER_AREA, 'lanczos4': cv2.INTER_LANCZOS4}

noise = np.random.RandomState(7).randint(0, 256, (37, 50, 3)).astype(np.uint8)
picture = cv2.blur(noise, (2, 2))
tensors = {'in': picture}
for kind, sizes in SIZES.items():
    for size in sizes:
        tensors[f'{kind}.{size[0]}x{size[1]}'] = cv2.resize(picture, size, interpolation=KINDS[kind])

header, data = {'__metadata__': {'opencv': cv2.__version__, 'script': 'make_opencv.py'}}, b''
for name, tensor in tensors.items():
    content = np.ascontiguousarray(tensor).tobytes()
    header[name] = {'dtype': 'U8', 'shape': list(tensor.shape), 'data_offsets': [len(data), len(data) + len(content)]}
    data += content
text = json.dumps(header).encode()
text += b' ' * (-len(text) % 8)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'opencv.safetensors')
with open(path, 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text + data)
