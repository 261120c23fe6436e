using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>The functions of NVRTC, the run-time compiler, that we call, spelt as in nvrtc.h; 0 is success everywhere.</summary>
internal static unsafe partial class Nvrtc
{
    /// <summary>The name under which <see cref="NativeLibraries"/> resolves this library.</summary>
    public const string Library = "nvrtc";

    [LibraryImport(Library)]
    internal static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcCreateProgram(
        out nint program, string source, string name, int headerCount, nint headers, nint includeNames);

    [LibraryImport(Library)]
    internal static partial int nvrtcCompileProgram(nint program, int optionCount, byte** options);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBINSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBIN(nint program, byte* image);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLogSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(Library)]
    internal static partial int nvrtcDestroyProgram(ref nint program);
}
