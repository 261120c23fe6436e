namespace Supir.Restoration;

/// <summary>Where results of slow work are kept between runs.</summary>
internal static class CacheFolder
{
    /// <summary>The environment variable that names another folder for all of them.</summary>
    private const string Variable = "SUPIR_CACHE";

    /// <summary>A part of SUPIR_CACHE, or of "supir" where the system keeps a user's caches; <c>null</c> for a user without a home.</summary>
    public static string? Of(string part)
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return Path.Combine(named, part);
        }

        string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(caches))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : home.Length > 0 ? Path.Combine(home, ".cache") : null;
        }

        return string.IsNullOrEmpty(caches) ? null : Path.Combine(caches, "supir", part);
    }
}
