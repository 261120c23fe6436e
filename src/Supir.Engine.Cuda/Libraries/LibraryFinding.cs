namespace Supir.Engine.Cuda.Libraries;

/// <summary>One of CUDA's libraries on this machine.</summary>
/// <param name="FileName">The file that is tried first where no folder has one, such as libnvrtc.so.13.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="IsNeeded">Whether nothing works without it.</param>
/// <param name="LoadedFrom">The file that it was loaded from, or <c>null</c> where it cannot be loaded.</param>
/// <param name="Version">Its version, where it tells one.</param>
/// <param name="Refused">Files that were found and could not be loaded.</param>
public sealed record LibraryFinding(string FileName, string Purpose, bool IsNeeded, string? LoadedFrom, string? Version, IReadOnlyList<string> Refused);
