using System.Text;
using System.Text.Json;
using Supir.Checkpoints;

namespace Supir.Cli.Inspection;

/// <summary>A checkpoint's contents for programs.</summary>
internal static class InspectionJson
{
    /// <summary>Writes one JSON object: file, model, parts, tensors, totals.</summary>
    public static void Write(TextWriter writer, IWeightSource file, CheckpointInspection inspection)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(inspection);
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("file", file.Description);
            json.WriteString("model", inspection.Kind.ToString());
            json.WriteString("title", inspection.Title);
            WriteParts(json, "has", Names(inspection, inspection.Present, inspection.PresentNames));
            WriteParts(json, "lacks", Names(inspection, inspection.Missing, inspection.MissingNames));
            json.WriteNumber("parameters", inspection.ParameterCount);
            json.WriteNumber("bytes", inspection.ByteCount);
            json.WriteStartArray("tensors");
            foreach (WeightInfo info in file.Tensors.Values)
            {
                WriteTensor(json, info);
            }

            json.WriteEndArray();
            json.WriteStartArray("otherTensors");
            foreach (SkippedTensor skipped in file.Skipped)
            {
                json.WriteStringValue(skipped.Name);
            }

            json.WriteEndArray();
            json.WriteStartObject("metadata");
            foreach ((string key, string value) in file.Metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private static IEnumerable<string> Names(CheckpointInspection inspection, IReadOnlyList<CheckpointPart> parts, IReadOnlyList<string> words) =>
        inspection.Kind == CheckpointKind.Llava ? words : parts.Select(part => part.ToString());

    private static void WriteParts(Utf8JsonWriter json, string name, IEnumerable<string> parts)
    {
        json.WriteStartArray(name);
        foreach (string part in parts)
        {
            json.WriteStringValue(part);
        }

        json.WriteEndArray();
    }

    private static void WriteTensor(Utf8JsonWriter json, WeightInfo info)
    {
        json.WriteStartObject();
        json.WriteString("name", info.Name);
        json.WriteString("type", info.Type.ToString());
        json.WriteStartArray("shape");
        foreach (long length in info.Lengths)
        {
            json.WriteNumberValue(length);
        }

        json.WriteEndArray();
        json.WriteNumber("bytes", info.ByteCount);
        json.WriteEndObject();
    }
}
