using System.Globalization;

namespace Supir.Restoration;

/// <summary>The memory that Linux leaves to this process where it is held in a group with a limit: a container, a service.</summary>
/// <remarks>Both versions of the kernel's interface: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst. A limit of any group above counts, too.</remarks>
internal static class ControlGroup
{
    private const string Mount = "sys/fs/cgroup";

    /// <summary>Bytes that can still be had, pages of files that can be given up included; <c>null</c> where nothing limits it.</summary>
    /// <param name="root">The folder that holds proc and sys.</param>
    public static long? Room(string root = "/")
    {
        string membership = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(membership))
        {
            return null;
        }

        // NUMBER:CONTROLLERS:PATH; the second version has no controllers there.
        long? least = null;
        foreach (string[] fields in File.ReadLines(membership).Select(line => line.Split(':', 3)).Where(fields => fields.Length == 3))
        {
            (string mount, string limit, string usage, string cache) = fields[1].Length == 0
                ? (Mount, "memory.max", "memory.current", "file")
                : ($"{Mount}/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_cache");
            if (fields[1].Length > 0 && !fields[1].Split(',').Contains("memory"))
            {
                continue;
            }

            for (string? group = fields[2]; group is not null; group = Path.GetDirectoryName(group))
            {
                string folder = Path.Combine(root, mount, group.TrimStart('/'));
                if (Number(Path.Combine(folder, limit)) is long most && Number(Path.Combine(folder, usage)) is long used)
                {
                    long room = Math.Max(0, most - used + Math.Min(used, Cached(Path.Combine(folder, "memory.stat"), cache)));
                    least = Math.Min(least ?? room, room);
                }
            }
        }

        return least;
    }

    private static long? Number(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static long Cached(string file, string field)
    {
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(field + " ", StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line.AsSpan(field.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
    }
}
