namespace Supir.Restoration;

/// <summary>The device has less memory than a run needs, which is known before it begins. The message says what would fit.</summary>
public sealed class DeviceMemoryException : Exception
{
    /// <summary>Says what was needed, what there is, and what to do.</summary>
    public DeviceMemoryException(string message)
        : base(message)
    {
    }
}
