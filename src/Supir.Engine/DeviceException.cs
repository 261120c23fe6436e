namespace Supir.Engine;

/// <summary>A device cannot do what was asked: there is none, its driver or a library is missing, or its memory is too small.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>Says what was needed, what there was and what to do.</summary>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Likewise, with what caused it.</summary>
    public DeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
