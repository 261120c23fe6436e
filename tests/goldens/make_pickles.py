"""Makes the small torch checkpoints in pickles/ that the tests of the reader are held to.

Run with a Python that has torch (made with 1.13): python3 tests/goldens/make_pickles.py
Values follow from their index, so that the tests need no second copy of them: element i of a tensor is (i - 3) / 4,
which every float format holds exactly as far as i goes here.
"""
import io, os, pickle, struct, zipfile
from collections import OrderedDict
import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'pickles')


def ramp(*shape, dtype=torch.float32):
    count = 1
    for length in shape:
        count *= length
    return ((torch.arange(count, dtype=torch.float32) - 3) / 4).reshape(shape).to(dtype)


def save(name, value, legacy=True, **options):
    torch.save(value, os.path.join(FOLDER, name + '.ckpt'), **options)
    if legacy:
        torch.save(value, os.path.join(FOLDER, name + '.legacy.ckpt'), _use_new_zipfile_serialization=False, **options)


def raw(name, content):
    with open(os.path.join(FOLDER, name), 'wb') as file:
        file.write(content)


class Program:
    def __reduce__(self):
        return os.system, ('touch /tmp/supir-was-run',)


def zip_with(pickled, *others):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_STORED) as archive:
        archive.writestr('archive/data.pkl', pickled)
        archive.writestr('archive/version', '3\n')
        for name, content in others:
            archive.writestr(name, content)
    return buffer.getvalue()


os.makedirs(FOLDER, exist_ok=True)
torch.manual_seed(0)

save('types', {
    'single': ramp(2, 3), 'half': ramp(2, 3, dtype=torch.float16), 'brain': ramp(2, 3, dtype=torch.bfloat16),
    'scalar': torch.tensor(1.25), 'empty': torch.empty(0, 4), 'steps': torch.arange(4), 'flags': torch.tensor([True, False]),
    'double': ramp(2, dtype=torch.float64), 'bytes': torch.arange(3, dtype=torch.uint8), 'integers': torch.arange(3, dtype=torch.int8),
})

module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
with torch.no_grad():
    module[0].weight.copy_(ramp(2, 3))
    module[0].bias.copy_(ramp(2))
save('module', module.state_dict())  # an OrderedDict with the attribute _metadata
save('parameters', OrderedDict(module.named_parameters()))
save('protocol4', {'a': ramp(5), 'b': ramp(2, 2, dtype=torch.float16)}, pickle_protocol=4)

save('lightning', {
    'epoch': 3, 'global_step': 120000, 'pytorch-lightning_version': '1.4.2', 'huge': 2 ** 80, 'negative': -5, 'ratio': 0.125,
    'state_dict': OrderedDict([('model.weight', ramp(4, 4, dtype=torch.float16)), ('model.bias', ramp(4))]),
    'loops': {'fit': [1, 2.5, None, True, ('a', {'b': []})]}, 'callbacks': {}, 'lr_schedulers': [],
    'optimizer_states': [{'state': {0: {'step': 7, 'exp_avg': ramp(4, 4)}}, 'param_groups': [{'lr': 1e-5, 'betas': (0.9, 0.999)}]}],
})
save('nested', {'epoch': 1, 'module': {'state_dict': {'module.weight': ramp(3)}}})

base = ramp(4, 6)
save('views', {
    'whole': base, 'transposed': base.t(), 'column': base[:, 1], 'rows': base[1:3], 'every_second': base[::2, ::3],
    'channels_last': ramp(1, 2, 3, 4).to(memory_format=torch.channels_last), 'shared': base,
})
save('expanded', {'wide': torch.ones(1).expand(1000)}, legacy=False)

# What torch 2 writes for number formats that have no storage class of their own (torch 1.13 has no fp8).
eight = (b'\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v3\n((X\x07\x00\x00\x00storagectorch.storage\nUntypedStorage\n'
         b'X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x03tQK\x00K\x03\x85K\x01\x85\x89ccollections\nOrderedDict\n)Rctorch\nfloat8_e4m3fn\ntRs.')
raw('eight.ckpt', zip_with(eight, ('archive/data/0', b'\x38\xc0\x01')))

# Programs: each of them makes a file beside the tests' if anything runs it.
program = pickle.dumps({'weight': Program()}, protocol=2)
raw('program.zip.ckpt', zip_with(program))
raw('program.protocol4.zip.ckpt', zip_with(pickle.dumps({'weight': Program()}, protocol=4)))  # STACK_GLOBAL
raw('program.bare.ckpt', program)
raw('program.text.ckpt', pickle.dumps(Program(), protocol=0))
legacy = io.BytesIO()
for part in (0x1950a86a20f9469cfc6c, 1001):
    pickle.dump(part, legacy, protocol=2)
raw('program.third.ckpt', legacy.getvalue() + pickle.dumps(Program(), protocol=2))
raw('program.fourth.ckpt', legacy.getvalue() + pickle.dumps({'little_endian': True}, protocol=2) + program)
good = io.BytesIO()
torch.save({'a': ramp(2)}, good, _use_new_zipfile_serialization=False)
keys = good.getvalue().rindex(b'\x80\x02]')
raw('program.fifth.ckpt', good.getvalue()[:keys] + pickle.dumps([Program()], protocol=2))
raw('program.inst.ckpt', zip_with(b"(S'true'\nios\nsystem\n."))
raw('program.obj.ckpt', zip_with(b"(cos\nsystem\nS'true'\no."))
raw('program.never_called.ckpt', zip_with(b'\x80\x02cbuiltins\neval\n0}.'))
raw('program.extension.ckpt', zip_with(b'\x80\x02\x82\x07.'))
raw('program.load_from_bytes.ckpt', zip_with(b'\x80\x02ctorch.storage\n_load_from_bytes\nU\x01a\x85R.'))
