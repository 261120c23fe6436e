namespace Supir.Models.Vae.Banded;

/// <summary>An image of activations of which a few rows are had at a time, [H, W, C].</summary>
internal interface IRows
{
    /// <summary>Rows.</summary>
    int Height { get; }

    /// <summary>Columns.</summary>
    int Width { get; }

    /// <summary>Channels.</summary>
    int Channels { get; }

    /// <summary>Bytes that reading so many rows takes beside what is stored.</summary>
    long NeedOf(int count);

    /// <summary>Copies, or computes, the rows from <paramref name="first"/> on that fill the destination.</summary>
    void Read(int first, Span<float> destination);
}
