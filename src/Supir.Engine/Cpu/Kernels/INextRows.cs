namespace Supir.Engine.Cpu.Kernels;

/// <summary>Whether a micro-kernel brings the rows behind its own near: a choice made when it is compiled.</summary>
internal interface INextRows
{
    /// <summary>Whether it does.</summary>
    static abstract bool AreFetched { get; }
}

/// <summary>The rows behind a tile's are wanted next, and lie far: see <see cref="TileArguments.NextStep"/>.</summary>
internal readonly struct FetchedRows : INextRows
{
    /// <inheritdoc/>
    public static bool AreFetched => true;
}

/// <summary>The rows behind a tile's are near already, or not one behind the other.</summary>
internal readonly struct UnfetchedRows : INextRows
{
    /// <inheritdoc/>
    public static bool AreFetched => false;
}
