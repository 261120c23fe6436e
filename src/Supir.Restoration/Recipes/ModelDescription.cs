using System.Security.Cryptography;
using System.Text.Json;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Restoration.Options;

namespace Supir.Restoration.Recipes;

/// <summary>What of an options file makes a model another one, as JSON, of which recipes keep the hash.</summary>
/// <remarks>Names and order never change, or no earlier recipe would name its model. They are written out here, because a serializer that
/// asks the types takes a tenth of every start.</remarks>
internal static class ModelDescription
{
    /// <summary>The SHA-256 of a model's description, 64 hexadecimal digits in lower case.</summary>
    public static string HashOf(ModelOptions options) => Convert.ToHexStringLower(SHA256.HashData(Write(options)));

    /// <summary>The description in UTF-8.</summary>
    public static byte[] Write(ModelOptions options)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            Write(writer, "Control", options.Control);
            Write(writer, "UNet", options.UNet);
            Write(writer, options.Vae);
            WriteConditions(writer, options);
            Write(writer, options.Denoiser);
            Write(writer, options.Sampler);
            writer.WriteBoolean("HalfParameters", options.Checkpoints.HalfParameters);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, UNetConfig config)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("InChannels", config.InChannels);
        writer.WriteNumber("OutChannels", config.OutChannels);
        writer.WriteNumber("ModelChannels", config.ModelChannels);
        Write(writer, "ChannelMultipliers", config.ChannelMultipliers);
        writer.WriteNumber("ResidualBlocks", config.ResidualBlocks);
        Write(writer, "AttentionResolutions", config.AttentionResolutions);
        Write(writer, "TransformerDepths", config.TransformerDepths);
        writer.WriteNumber("ContextChannels", config.ContextChannels);
        writer.WriteNumber("VectorChannels", config.VectorChannels);
        writer.WriteNumber("HeadChannels", config.HeadChannels);
        writer.WriteNumber("ProjectChannelScale", config.ProjectChannelScale);
        writer.WriteNumber("TimeEmbeddingChannels", config.TimeEmbeddingChannels);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, VaeConfig config)
    {
        writer.WriteStartObject("Vae");
        writer.WriteNumber("Channels", config.Channels);
        Write(writer, "ChannelMultipliers", config.ChannelMultipliers);
        writer.WriteNumber("ResidualBlocks", config.ResidualBlocks);
        writer.WriteNumber("LatentChannels", config.LatentChannels);
        writer.WriteNumber("EmbedChannels", config.EmbedChannels);
        writer.WriteNumber("InChannels", config.InChannels);
        writer.WriteNumber("OutChannels", config.OutChannels);
        writer.WriteNumber("ScaleFactor", config.ScaleFactor);
        writer.WriteNumber("Downsampling", config.Downsampling);
        writer.WriteEndObject();
    }

    private static void WriteConditions(Utf8JsonWriter writer, ModelOptions options)
    {
        writer.WriteStartArray("TextEncoders");
        foreach (TextEncoderOptions encoder in options.TextEncoders)
        {
            writer.WriteStartObject();
            writer.WriteNumber("Kind", (int)encoder.Kind);
            Write(writer, "HiddenLayer", encoder.HiddenLayer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("SizeEmbedders");
        foreach (SizeEmbedderOptions embedder in options.SizeEmbedders)
        {
            writer.WriteStartObject();
            writer.WriteNumber("Condition", (int)embedder.Condition);
            writer.WriteNumber("Channels", embedder.Channels);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, DenoiserOptions options)
    {
        writer.WriteStartObject("Denoiser");
        Write(writer, options.Schedule);
        writer.WriteNumber("Levels", options.Levels);
        writer.WriteStartObject("Scaling");
        writer.WriteNumber("Kind", (int)options.Scaling.Kind);
        writer.WriteNumber("DataDeviation", options.Scaling.DataDeviation);
        writer.WriteEndObject();
        writer.WriteBoolean("QuantizesTimestep", options.QuantizesTimestep);
        writer.WriteBoolean("HalfLevels", options.HalfLevels);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SamplerOptions options)
    {
        writer.WriteStartObject("Sampler");
        writer.WriteNumber("Kind", (int)options.Kind);
        Write(writer, options.Schedule);
        writer.WriteNumber("Guider", (int)options.Guider);
        Write(writer, "ChurnSigmaMin", options.ChurnSigmaMin);
        Write(writer, "ChurnSigmaMax", options.ChurnSigmaMax);
        Write(writer, "RestorationSigmaMin", options.RestorationSigmaMin);
        Write(writer, "Eta", options.Eta);
        writer.WriteNumber("Order", options.Order);
        if (options.Tiles is TileOptions tiles)
        {
            writer.WriteStartObject("Tiles");
            writer.WriteNumber("Size", tiles.Size);
            writer.WriteNumber("Stride", tiles.Stride);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("Tiles");
        }

        writer.WriteEndObject();
    }

    /// <summary>Noise levels. Of the usual ones nothing is written: recipes that name a model with those go on to name it.</summary>
    private static void Write(Utf8JsonWriter writer, ScheduleOptions schedule)
    {
        writer.WriteStartObject("Schedule");
        if (schedule is EdmScheduleOptions edm)
        {
            Write(writer, "SigmaMin", edm.SigmaMin);
            Write(writer, "SigmaMax", edm.SigmaMax);
            Write(writer, "Rho", edm.Rho);
        }
        else if (schedule is DdpmScheduleOptions ddpm && ddpm != DdpmScheduleOptions.StableDiffusion)
        {
            Write(writer, "LinearStart", ddpm.LinearStart);
            Write(writer, "LinearEnd", ddpm.LinearEnd);
            writer.WriteNumber("TrainingSteps", ddpm.TrainingSteps);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (int number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is int value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A number, or the name of one that JSON does not have: a sampler's bounds may be infinite.</summary>
    private static void Write(Utf8JsonWriter writer, string name, double number)
    {
        if (double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
    }
}
