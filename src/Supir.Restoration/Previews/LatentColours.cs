using Supir.Restoration.Imaging;

namespace Supir.Restoration.Previews;

/// <summary>What a latent looks like, without the decoder: a colour for each of its places, as a linear function of the place's channels.</summary>
/// <remarks>colour = W · [z, 1], with W such that Σ ‖colour − mean of the picture in the place's square‖² + λ‖W‖² is least over the stage-1
/// latent and the picture that it was decoded to. So it fits every autoencoder, of any number of channels, and this picture best of all.
/// λ only keeps the equations solvable where channels do not vary.</remarks>
internal sealed class LatentColours
{
    private const double Lambda = 1e-6;

    private readonly int _channels;
    private readonly double[,] _weights;

    private LatentColours(int channels, double[,] weights)
    {
        _channels = channels;
        _weights = weights;
    }

    /// <summary>Learns the colours of a latent from the picture that it was decoded to.</summary>
    /// <param name="latent">The latent, [H, W, C].</param>
    /// <param name="channels">C.</param>
    /// <param name="picture">The picture, [k · H, k · W, 3].</param>
    public static LatentColours Learn(ReadOnlySpan<float> latent, int channels, FloatImage picture)
    {
        int places = latent.Length / channels;
        int scale = (int)Math.Round(Math.Sqrt((double)picture.Width * picture.Height / places));
        int width = picture.Width / scale;
        int unknowns = channels + 1;
        double[,] normal = new double[unknowns, unknowns];
        double[,] target = new double[unknowns, FloatImage.Channels];
        Span<double> input = stackalloc double[unknowns];
        Span<double> colour = stackalloc double[FloatImage.Channels];
        for (int place = 0; place < places; place++)
        {
            FillInput(latent.Slice(place * channels, channels), input);
            FillMean(picture, place % width * scale, place / width * scale, scale, colour);
            for (int i = 0; i < unknowns; i++)
            {
                for (int j = 0; j < unknowns; j++)
                {
                    normal[i, j] += input[i] * input[j];
                }

                for (int c = 0; c < FloatImage.Channels; c++)
                {
                    target[i, c] += input[i] * colour[c];
                }
            }
        }

        for (int i = 0; i < unknowns; i++)
        {
            normal[i, i] += Lambda * places;
        }

        Solve(normal, target);
        return new LatentColours(channels, target);
    }

    /// <summary>A picture with a pixel for each place.</summary>
    /// <param name="latent">The latent, [H, W, C].</param>
    /// <param name="width">W.</param>
    public Picture Draw(ReadOnlySpan<float> latent, int width)
    {
        int places = latent.Length / _channels;
        FloatImage image = new(width, places / width);
        Span<double> input = stackalloc double[_channels + 1];
        for (int place = 0; place < places; place++)
        {
            FillInput(latent.Slice(place * _channels, _channels), input);
            for (int c = 0; c < FloatImage.Channels; c++)
            {
                double sum = 0;
                for (int i = 0; i <= _channels; i++)
                {
                    sum += _weights[i, c] * input[i];
                }

                image.Pixels[(place * FloatImage.Channels) + c] = (float)sum;
            }
        }

        return image.ToPicture();
    }

    private static void FillInput(ReadOnlySpan<float> place, Span<double> input)
    {
        for (int i = 0; i < place.Length; i++)
        {
            input[i] = place[i];
        }

        input[^1] = 1;
    }

    private static void FillMean(FloatImage picture, int left, int top, int scale, Span<double> mean)
    {
        mean.Clear();
        for (int y = top; y < top + scale; y++)
        {
            ReadOnlySpan<float> row = picture.Row(y).Slice(left * FloatImage.Channels, scale * FloatImage.Channels);
            for (int i = 0; i < row.Length; i++)
            {
                mean[i % FloatImage.Channels] += row[i];
            }
        }

        for (int c = 0; c < mean.Length; c++)
        {
            mean[c] /= scale * scale;
        }
    }

    // Gauss and Jordan without pivots: the matrix is symmetric and positive definite. The right-hand sides become the solution.
    private static void Solve(double[,] matrix, double[,] right)
    {
        int size = matrix.GetLength(0);
        int columns = right.GetLength(1);
        for (int pivot = 0; pivot < size; pivot++)
        {
            for (int row = 0; row < size; row++)
            {
                double factor = row == pivot ? 0 : matrix[row, pivot] / matrix[pivot, pivot];
                for (int i = 0; i < size; i++)
                {
                    matrix[row, i] -= factor * matrix[pivot, i];
                }

                for (int i = 0; i < columns; i++)
                {
                    right[row, i] -= factor * right[pivot, i];
                }
            }
        }

        for (int row = 0; row < size; row++)
        {
            for (int i = 0; i < columns; i++)
            {
                right[row, i] /= matrix[row, row];
            }
        }
    }
}
