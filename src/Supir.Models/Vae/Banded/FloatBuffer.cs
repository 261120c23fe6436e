using Supir.Engine.Cpu.Memory;

namespace Supir.Models.Vae.Banded;

/// <summary>Numbers outside the managed heap, which are gone when they are let go and not at the collector's convenience.</summary>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private AlignedMemory? _memory;

    /// <summary>Room for so many numbers, whose content is undefined; what was there before may be lost.</summary>
    public Span<float> Of(long length)
    {
        if (_memory is null || _memory.Bytes < length * sizeof(float))
        {
            _memory?.Dispose();
            _memory = new AlignedMemory(length * sizeof(float));
        }

        return new Span<float>(_memory.Pointer, checked((int)length));
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();
}
