using System.Globalization;
using Supir.Checkpoints;

namespace Supir.Cli.Inspection;

/// <summary>A checkpoint's contents for people.</summary>
internal static class InspectionTable
{
    /// <summary>Longer names push their line to the right instead of all lines; the published files' names are shorter.</summary>
    private const int WidestName = 100;

    /// <summary>Writes which model it is, then a line a tensor, then the totals.</summary>
    public static void Write(TextWriter writer, IWeightSource file, CheckpointInspection inspection)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(inspection);
        writer.WriteLine($"{file.Description}: {inspection.Title}");
        writer.WriteLine($"has:   {List(inspection.PresentNames)}");
        writer.WriteLine($"lacks: {List(inspection.MissingNames)}");
        writer.WriteLine();

        List<string[]> rows = [["tensor", "type", "shape", "bytes"]];
        rows.AddRange(file.Tensors.Values.Select(info => Row(info.Name, info.Type.ToString(), info.ShapeText, info.ByteCount)));
        rows.AddRange(file.Skipped.Select(skipped => Row(skipped.Name, skipped.TypeName, skipped.ShapeText, skipped.ByteCount)));
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => Math.Min(WidestName, rows.Max(row => row[column].Length)))];
        foreach (string[] row in rows)
        {
            writer.WriteLine($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}");
        }

        writer.WriteLine();
        foreach (TypeShare share in inspection.ByType)
        {
            writer.WriteLine(Total(share.Type.ToString(), share.TensorCount, share.ParameterCount, share.ByteCount));
        }

        writer.WriteLine(Total("in all", inspection.TensorCount, inspection.ParameterCount, inspection.ByteCount));
        if (inspection.SkippedCount > 0)
        {
            writer.WriteLine($"and {inspection.SkippedCount} that are no weights");
        }
    }

    private static string List(IReadOnlyList<string> parts) =>
        parts.Count == 0 ? "nothing that a restoration needs" : string.Join(", ", parts);

    private static string[] Row(string name, string type, string shape, long bytes) =>
        [Fault.OneLine(name), type, shape, bytes.ToString("N0", CultureInfo.InvariantCulture)];

    private static string Total(string what, int tensors, long parameters, long bytes) =>
        FormattableString.Invariant($"{what}: {tensors:N0} tensors, {parameters:N0} parameters, {bytes:N0} bytes");
}
