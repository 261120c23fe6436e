"""Takes the small checkpoint that comes along apart, and writes it as PyTorch and its users write the published ones.

    /usr/bin/python3 eng/make_torch_checkpoints.py models/supir-mini.safetensors FOLDER

All files hold the same numbers (in half precision where weights are, so that nothing is rounded), so that every way of naming
them must restore a picture to the same bytes:

    whole.safetensors                       everything, under full names
    base.safetensors                        what SDXL's file holds
    base.no-text.safetensors                the same without its text encoders
    base.bf16.safetensors                   the UNet's matrices rounded to bfloat16
    q.ckpt, q.legacy.ckpt, q.pth, q.bin     SUPIR's: torch's zip and its older format, with and without 'model.', with what training adds
    q.safetensors                           the same as safetensors without prefixes
    clip/, open_clip_pytorch_model.bin      the text encoders as Hugging Face and OpenCLIP have them
    lora.kohya.safetensors, lora.diffusers.safetensors, base.merged.safetensors   a LoRA in both namings, and what 0.8 of it makes of the base
    program.ckpt                            a pickle that would run a program

Needs torch (made for 1.13) and NumPy.
"""
import json
import os
import struct
import sys
from collections import OrderedDict

import numpy as np
import torch

TYPES = {'F32': torch.float32, 'F16': torch.float16, 'BF16': torch.bfloat16, 'I8': torch.int8, 'I64': torch.int64}
NAMES = {value: key for key, value in TYPES.items()}
FIRST = 'conditioner.embedders.0.transformer.'
SECOND = 'conditioner.embedders.1.model.'
UNET = 'model.diffusion_model.'


def read(path):
    with open(path, 'rb') as file:
        length = struct.unpack('<Q', file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    header.pop('__metadata__', None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        flat = torch.frombuffer(bytearray(data[start:end]), dtype=TYPES[entry['dtype']])
        tensors[name] = flat.reshape(entry['shape'])
    return tensors


def write(path, tensors):
    header, data = {}, []
    position = 0
    for name, tensor in tensors.items():
        content = tensor.contiguous()
        size = content.numel() * content.element_size()
        header[name] = {'dtype': NAMES[content.dtype], 'shape': list(content.shape), 'data_offsets': [position, position + size]}
        data.append(content.view(torch.int16).numpy().tobytes() if content.dtype == torch.bfloat16 else content.numpy().tobytes())
        position += size
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for content in data:
            file.write(content)


def unpack(tensors):
    """8-bit weights as halves; others stay what they are."""
    result = OrderedDict()
    for name, tensor in tensors.items():
        if tensor.dtype == torch.int8:
            scale = tensors[name + '.scale']
            result[name] = (tensor.float() * scale.reshape([-1] + [1] * (tensor.dim() - 1))).half()
        elif not (name.endswith('.scale') and tensors.get(name[:-6], tensor).dtype == torch.int8):
            result[name] = tensor
    return result


def is_supir(name):
    return name.startswith(('model.control_model.', UNET + 'project_modules.', 'first_stage_model.denoise_encoder.'))


class Program:
    def __reduce__(self):
        return os.system, ('touch ' + os.path.join(sys.argv[2], 'supir-was-run'),)


def make_lora(whole):
    """Modules of linear layers of the UNet and of the first text encoder: kohya's names, diffusers' names, the merged base."""
    generator = torch.Generator().manual_seed(5)
    block = UNET + 'input_blocks.4.1.transformer_blocks.0.'
    layer = FIRST + 'text_model.encoder.layers.0.self_attn.'
    modules = [
        (block + 'attn1.to_q', 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q', 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'),
        (block + 'attn2.to_k', 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k', 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k'),
        (block + 'attn1.to_out.0', 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_out_0', 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0'),
        (layer + 'v_proj', 'lora_te1_text_model_encoder_layers_0_self_attn_v_proj', 'text_encoder.text_model.encoder.layers.0.self_attn.v_proj'),
    ]
    kohya, diffusers, merged = OrderedDict(), OrderedDict(), OrderedDict(whole)
    rank, alpha = 4, 2.0
    for name, kohya_name, diffusers_name in modules:
        weight = whole[name + '.weight']
        rows, columns = weight.shape[0], weight.numel() // weight.shape[0]
        up = (torch.randn(rows, rank, generator=generator) / 4).half()
        down = (torch.randn(rank, columns, generator=generator) / 4).half()
        kohya[kohya_name + '.lora_up.weight'] = up
        kohya[kohya_name + '.lora_down.weight'] = down
        kohya[kohya_name + '.alpha'] = torch.tensor(alpha)
        # diffusers keeps alpha outside of its files: the factor is in the matrix.
        diffusers[diffusers_name + '.lora_B.weight'] = (up.float() * (alpha / rank)).half()
        diffusers[diffusers_name + '.lora_A.weight'] = down
        delta = 0.8 * alpha / rank * (up.float() @ down.float())
        merged[name + '.weight'] = (weight.float() + delta.reshape(weight.shape)).half()
    return kohya, diffusers, merged


def main(source, folder):
    os.makedirs(os.path.join(folder, 'clip'), exist_ok=True)
    place = lambda name: os.path.join(folder, name)
    whole = unpack(read(source))
    base = OrderedDict((name, tensor) for name, tensor in whole.items() if not is_supir(name))
    supir = OrderedDict((name, tensor) for name, tensor in whole.items() if is_supir(name))
    write(place('whole.safetensors'), whole)
    write(place('base.safetensors'), base)
    write(place('base.no-text.safetensors'), OrderedDict((n, t) for n, t in base.items() if not n.startswith('conditioner.')))
    write(place('base.bf16.safetensors'), OrderedDict(
        (n, t.bfloat16() if n.startswith(UNET) and t.dim() > 1 else t) for n, t in base.items()))

    # What Lightning's trainer saves beside the weights, and the buffer that no released network reads.
    trained = OrderedDict(supir)
    trained['model.control_model.mask_LQ'] = torch.ones(1, 4, 8, 8)
    training = {'epoch': 3, 'global_step': 50000, 'pytorch-lightning_version': '1.9.0', 'state_dict': trained, 'callbacks': {},
                'optimizer_states': [{'state': {0: {'step': 1, 'exp_avg': torch.zeros(3)}}, 'param_groups': [{'lr': 1e-5, 'betas': (0.9, 0.999)}]}],
                'hyper_parameters': OrderedDict(name='x', values=[1, None, True])}
    torch.save(training, place('q.ckpt'))
    torch.save(training, place('q.legacy.ckpt'), _use_new_zipfile_serialization=False)
    short = OrderedDict()
    for name, tensor in supir.items():
        for prefix in (UNET, 'model.', 'first_stage_model.'):
            if name.startswith(prefix):
                short[name[len(prefix):]] = tensor
                break
    torch.save(short, place('q.pth'))
    torch.save({'module.' + name: torch.nn.Parameter(tensor.float(), requires_grad=False) for name, tensor in supir.items()}, place('q.bin'))
    write(place('q.safetensors'), short)

    clip = OrderedDict((n[len(FIRST):], t) for n, t in base.items() if n.startswith(FIRST))
    clip['text_model.embeddings.position_ids'] = torch.arange(77).reshape(1, 77)
    clip['vision_model.post_layernorm.weight'] = torch.ones(8)
    torch.save(clip, place('clip/pytorch_model.bin'))
    open_clip = OrderedDict((n[len(SECOND):], t) for n, t in base.items() if n.startswith(SECOND))
    open_clip['visual.proj'] = torch.ones(8, 8)
    torch.save(open_clip, place('open_clip_pytorch_model.bin'))

    kohya, diffusers, merged = make_lora(base)
    write(place('lora.kohya.safetensors'), kohya)
    write(place('lora.diffusers.safetensors'), diffusers)
    write(place('base.merged.safetensors'), merged)
    torch.save({'state_dict': {'w': torch.zeros(2)}, 'callbacks': Program()}, place('program.ckpt'))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
