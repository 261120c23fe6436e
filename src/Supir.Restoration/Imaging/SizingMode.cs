namespace Supir.Restoration.Imaging;

/// <summary>By whose rules a picture's output size is found.</summary>
public enum SizingMode
{
    /// <summary>Ours: a picture that was enlarged to the least side is written enlarged, unless a factor was asked for.</summary>
    Precise,

    /// <summary>The reference's: always input · factor, however large the working picture was.</summary>
    Reference,
}
