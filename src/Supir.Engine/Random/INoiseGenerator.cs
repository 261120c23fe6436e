namespace Supir.Engine.Random;

/// <summary>A stream of random numbers that gives, for a seed, the numbers that torch gives for it.</summary>
/// <remarks>A generator is a position in its stream: every draw moves it on. It is not for several threads at once.</remarks>
public interface INoiseGenerator
{
    /// <summary>Draws numbers from the standard normal distribution, as <c>torch.randn</c> does.</summary>
    /// <param name="destination">Where they go, in the row-major order of torch's tensor (NCHW for a latent).
    /// One call stands for one tensor: two calls of 8 differ from one call of 16.</param>
    /// <param name="type">The type of torch's tensor. For the 16-bit ones the numbers are rounded to it and widened again.</param>
    /// <exception cref="ArgumentException">The type is not one of the three floating-point types that torch draws.</exception>
    void Normal(Span<float> destination, DType type = DType.Float32);
}
