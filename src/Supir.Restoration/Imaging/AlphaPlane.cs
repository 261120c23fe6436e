namespace Supir.Restoration.Imaging;

/// <summary>Transparency beside the networks, which know colours only.</summary>
internal static class AlphaPlane
{
    /// <summary>A picture with the alpha plane of another one, brought to its size by antialiased bicubic in floats.</summary>
    /// <returns>The picture itself where <paramref name="source"/> has no alpha.</returns>
    public static Picture PutBack(Picture picture, Picture source)
    {
        if (!source.HasAlpha)
        {
            return picture;
        }

        float[] alpha = Resize(source, picture.Width, picture.Height);
        if (picture.Bits == 16)
        {
            return new Picture(picture.Width, picture.Height, picture.WidePixels.ToArray(), WideLevels.Round(alpha), picture.Format) { Metadata = picture.Metadata };
        }

        byte[] levels = new byte[alpha.Length];
        ByteLevels.Round(alpha, levels);
        return new Picture(picture.Width, picture.Height, picture.Pixels.ToArray(), levels, picture.Format) { Metadata = picture.Metadata };
    }

    /// <summary>The colours of a picture with those under full transparency, which nobody has seen, made to follow their neighbours.</summary>
    /// <remarks>Otherwise whatever colour an editor left there (black, mostly) bleeds over the edge. Each pyramid's level holds the
    /// means of 2×2 pixels weighted by alpha; where nothing is visible, a pixel takes the colour of the next coarser level.</remarks>
    public static FloatImage VisibleColours(Picture picture)
    {
        FloatImage image = new(picture.Width, picture.Height);
        for (int y = 0; y < image.Height; y++)
        {
            picture.ReadRow(y, image.Row(y));
        }

        if (picture.Alpha.Contains((byte)0) && picture.Alpha.ContainsAnyExcept((byte)0))
        {
            float[] weights = [.. picture.Alpha.ToArray().Select(level => level / 255f)];
            Fill(image, weights);
        }

        return image;
    }

    private static void Fill(FloatImage image, float[] weights)
    {
        if (!weights.AsSpan().Contains(0f))
        {
            return;
        }

        FloatImage coarse = new((image.Width + 1) / 2, (image.Height + 1) / 2);
        float[] coarseWeights = new float[coarse.Width * coarse.Height];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                float weight = weights[(y * image.Width) + x];
                coarseWeights[(y / 2 * coarse.Width) + (x / 2)] += weight;
                for (int c = 0; c < FloatImage.Channels; c++)
                {
                    coarse.Row(y / 2)[(x / 2 * FloatImage.Channels) + c] += weight * image.Row(y)[(x * FloatImage.Channels) + c];
                }
            }
        }

        for (int i = 0; i < coarseWeights.Length; i++)
        {
            for (int c = 0; c < FloatImage.Channels && coarseWeights[i] > 0; c++)
            {
                coarse.Pixels[(i * FloatImage.Channels) + c] /= coarseWeights[i];
            }
        }

        Fill(coarse, coarseWeights);
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0f)
            {
                int x = i % image.Width / 2;
                coarse.Row(i / image.Width / 2).Slice(x * FloatImage.Channels, FloatImage.Channels)
                    .CopyTo(image.Pixels[(i * FloatImage.Channels)..]);
            }
        }
    }

    private static float[] Resize(Picture source, int width, int height)
    {
        FloatImage grey = new(source.Width, source.Height);
        for (int i = 0; i < grey.Pixels.Length; i++)
        {
            int pixel = i / FloatImage.Channels;
            grey.Pixels[i] = source.Bits == 16 ? (source.WideAlpha[pixel] / 32767.5f) - 1f : (source.Alpha[pixel] / 127.5f) - 1f;
        }

        FloatImage resized = source.Width == width && source.Height == height
            ? grey
            : AntialiasedResize.Resize(grey, width, height, ResampleKernel.Bicubic);
        float[] alpha = new float[width * height];
        for (int i = 0; i < alpha.Length; i++)
        {
            alpha[i] = resized.Pixels[i * FloatImage.Channels];
        }

        return alpha;
    }
}
