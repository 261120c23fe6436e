using System.Runtime.InteropServices;
using System.Text;
using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Compiles source texts to machine code by NVRTC.</summary>
internal static unsafe class KernelCompiler
{
    /// <summary>NVRTC's version, as in 13.0.</summary>
    public static string Version()
    {
        _ = Nvrtc.nvrtcVersion(out int major, out int minor);
        return $"{major}.{minor}";
    }

    /// <summary>The target's name: Hopper's own instructions need the letter.</summary>
    public static string TargetOf(int architecture) => architecture == 90 ? "sm_90a" : $"sm_{architecture}";

    /// <summary>Compiles; the result is a module's image.</summary>
    /// <exception cref="DeviceException">The compiler refuses; the message has its log.</exception>
    public static byte[] Compile(string file, string source, int architecture, IEnumerable<string> options)
    {
        string[] all = [$"--gpu-architecture={TargetOf(architecture)}", "--std=c++17", $"-DARCHITECTURE={architecture}", .. options];
        if (Nvrtc.nvrtcCreateProgram(out nint program, source, file, 0, 0, 0) != 0)
        {
            throw new DeviceException($"NVRTC does not take {file}.");
        }

        nint[] texts = Array.ConvertAll(all, Marshal.StringToCoTaskMemUTF8);
        try
        {
            int result;
            fixed (nint* pointers = texts)
            {
                result = Nvrtc.nvrtcCompileProgram(program, texts.Length, (byte**)pointers);
            }

            if (result != 0)
            {
                throw new DeviceException($"NVRTC {Version()} cannot compile {file} ({string.Join(' ', all)}), error {result}:\n{Log(program)}");
            }

            _ = Nvrtc.nvrtcGetCUBINSize(program, out nuint bytes);
            byte[] image = new byte[bytes];
            fixed (byte* destination = image)
            {
                _ = Nvrtc.nvrtcGetCUBIN(program, destination);
            }

            return image;
        }
        finally
        {
            Array.ForEach(texts, Marshal.FreeCoTaskMem);
            _ = Nvrtc.nvrtcDestroyProgram(ref program);
        }
    }

    private static string Log(nint program)
    {
        _ = Nvrtc.nvrtcGetProgramLogSize(program, out nuint bytes);
        byte[] log = new byte[bytes + 1];
        fixed (byte* destination = log)
        {
            _ = Nvrtc.nvrtcGetProgramLog(program, destination);
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }
}
