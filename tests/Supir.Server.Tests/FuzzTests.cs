using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>Thousands of requests that are almost right. None may be the server's mistake, and none may leave anything behind.</summary>
[Collection(Alone.Name)]
public sealed class FuzzTests
{
    private const int Seed = 20260101;
    private const int Requests = 3000;
    private const int RawRequests = 150;
    private const int Parallelism = 8;
    private const long MostGrowth = 150L << 20;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "FOO"];

    private static readonly string[] Paths =
    [
        "/api/v1/jobs", "/api/v1/jobs/0123/result?sample=0&format=png", "/api/v1/jobs/0123/events", "/api/v1/jobs/0123/feedback", "/api/v1/stage1", "/api/v1/tiles",
        "/api/v1/jobs?search=a%20b&status=queued&limit=5&before=0123", "/api/v1/parameters?model=SUPIR_mini", "/api/v1/captions", "/sdapi/v1/extra-single-image", "/metrics",
        "/openapi/v1.json", "/api/", "/assets/../../x", "/",
    ];

    private static readonly string[] Bodies =
    [
        """{"picture":"iVBORw0KGgo=","name":"a.png","parameters":{"edm_steps":1,"min_size":64}}""", """{"score":5,"text":"good"}""",
        """{"image":"iVBORw0KGgo=","resize_mode":1,"upscaling_resize":2,"upscaling_resize_w":100,"upscaling_resize_h":100}""",
    ];

    private static readonly string[] Parameters =
    [
        """{"edm_steps":1,"min_size":64,"seed":-1,"s_cfg":1.5,"linear_CFG":true,"caption":"é\u0000x","model":"SUPIR_mini"}""",
        """{"sampler":"TiledRestoreEDM","tile_size":32,"tile_stride":16,"tile_captions":["a","b"],"upscale":2,"gamma":0.5,"preset":"author-1"}""",
        """{"width":100,"height":90,"max_megapixels":1,"bits":"16","mode":"reference","rng":"Cuda","use_tile_vae":true,"encoder_tile_size":64}""",
    ];

    [Fact]
    public async Task Almost_right_requests_are_refused_and_leave_nothing_behind()
    {
        await using RunningServer server = await RunningServer.Start(options => options with { MaxPixels = 1_000_000, MaxUploadBytes = 1 << 20, MaxQueue = 20 });
        string endless = await server.Post(RunningServer.Endless);
        await server.WaitFor(endless, "running");
        byte[][] pictures = [.. new[] { PictureFormat.Png, PictureFormat.Jpeg, PictureFormat.WebP, PictureFormat.Tiff }.Select(format => PictureFile.Encode(TestPicture.Of(20, 16), format))];
        ConcurrentBag<string> mistakes = [];

        // The first part fills caches and pools, and compiles; what grows after it would go on growing.
        await Send(server, pictures, 0, Requests / 3, mistakes);
        long before = Memory();
        await Send(server, pictures, Requests / 3, Requests, mistakes);
        await SendRaw(new Uri(server.Server.Address).Port, mistakes);

        Assert.Empty(mistakes);
        Assert.InRange(Memory() - before, long.MinValue, MostGrowth);
        Assert.Equal("ok", (await server.Get("/api/v1/health"))["status"]!.GetValue<string>());
        await server.Client.DeleteAsync($"/api/v1/jobs/{endless}");
    }

    private static Task Send(RunningServer server, byte[][] pictures, int first, int end, ConcurrentBag<string> mistakes) =>
        Parallel.ForAsync(first, end, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (i, stop) =>
        {
            Random random = new(Seed + i);
            using HttpRequestMessage request = RequestOf(random, pictures);
            string what = $"{i}: {request.Method} {request.RequestUri}";
            try
            {
                using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                // No captioner is there, which is told by a 503.
                if ((int)response.StatusCode >= 500 && response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    mistakes.Add($"{what} -> {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(stop)}");
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The server hung up on what is not HTTP; that it lives is asked at the end.
            }
        });

    private static HttpRequestMessage RequestOf(Random random, byte[][] pictures)
    {
        switch (random.Next(4))
        {
            case 0:
                // A picture that is damaged in a few places, or cut off.
                return new HttpRequestMessage(HttpMethod.Post, "/api/v1/tiles") { Content = RunningServer.Form(Mutate(random, pictures[random.Next(pictures.Length)])) };
            case 1:
                byte[] parameters = Mutate(random, Encoding.UTF8.GetBytes(Parameters[random.Next(Parameters.Length)]));
                return new HttpRequestMessage(HttpMethod.Post, random.Next(4) == 0 ? "/api/v1/jobs" : "/api/v1/tiles")
                {
                    Content = RunningServer.Form(pictures[0], Encoding.Latin1.GetString(parameters)),
                };
            case 2:
                HttpRequestMessage json = new(random.Next(3) == 0 ? HttpMethod.Put : HttpMethod.Post, Paths[random.Next(Paths.Length)])
                {
                    Content = new ByteArrayContent(Mutate(random, Encoding.UTF8.GetBytes(Bodies[random.Next(Bodies.Length)]))),
                };
                json.Content.Headers.ContentType = new MediaTypeHeaderValue(random.Next(5) == 0 ? "multipart/form-data" : "application/json");
                return json;
            default:
                string path = Encoding.Latin1.GetString(Mutate(random, Encoding.UTF8.GetBytes(Paths[random.Next(Paths.Length)])));
                string escaped = "/" + string.Concat(path.TrimStart('/').Select(c => c is > ' ' and < (char)127 && c is not '#' ? c.ToString() : Uri.HexEscape((char)(c & 0xFF))));
                HttpRequestMessage request = new(new HttpMethod(Methods[random.Next(Methods.Length)]), new Uri(escaped.Replace("//", "/", StringComparison.Ordinal), UriKind.Relative));
                request.Headers.TryAddWithoutValidation("Idempotency-Key", new string('k', random.Next(400)));
                request.Headers.TryAddWithoutValidation("Range", $"bytes={random.Next()}-{random.Next()}");
                request.Headers.TryAddWithoutValidation("Accept", random.Next(2) == 0 ? "text/html" : "*/*;q=2,,");
                return request;
        }
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        List<byte> bytes = [.. original];
        for (int change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            int place = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[place] = (byte)random.Next(256); break;
                case 1: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.InsertRange(place, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(20)).ToArray()); break;
                case 3: bytes.RemoveRange(place, Math.Min(random.Next(1, 20), bytes.Count - place)); break;
                default: bytes.InsertRange(place, Encoding.ASCII.GetBytes(random.Next(3) == 0 ? "99999999999999999999" : random.Next(2) == 0 ? "\"\\u0000" : "[{-1e999")); break;
            }
        }

        return [.. bytes];
    }

    // Below what an HTTP client would ever send.
    private static async Task SendRaw(int port, ConcurrentBag<string> mistakes)
    {
        byte[] original = "POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 60\r\nConnection: close\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"picture\"\r\n\r\nabc\r\n--x--"u8.ToArray();
        for (int i = 0; i < RawRequests; i++)
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Mutate(new Random(Seed - i), original));
            client.Client.Shutdown(SocketShutdown.Send);
            byte[] answer = new byte[64];
            try
            {
                int length = await stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
                string line = Encoding.ASCII.GetString(answer, 0, length);
                // 505 is what a version of HTTP that there is not deserves.
                if (line.StartsWith("HTTP/1.1 5", StringComparison.Ordinal) && !line.StartsWith("HTTP/1.1 505", StringComparison.Ordinal))
                {
                    mistakes.Add($"raw {i}: {line}");
                }
            }
            catch (IOException)
            {
                // Hung up on, which is an answer too.
            }
        }
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
