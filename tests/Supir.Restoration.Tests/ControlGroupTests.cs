using Xunit;

namespace Supir.Restoration.Tests;

public sealed class ControlGroupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("supir-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_tightest_group_of_the_second_version_counts_and_pages_of_files_can_be_given_up()
    {
        Write("proc/self/cgroup", "0::/service/worker\n");
        Group("sys/fs/cgroup/service/worker", "memory.max", "max\n", "memory.current", "700\n", "anon 600\nfile 100\nfile_mapped 90\n");
        Assert.Null(ControlGroup.Room(_root));

        Group("sys/fs/cgroup/service", "memory.max", "10000\n", "memory.current", "3000\n", "anon 1000\nfile 2000\n");
        Assert.Equal(10000 - 3000 + 2000, ControlGroup.Room(_root));

        Group("sys/fs/cgroup/service/worker", "memory.max", "1000\n", "memory.current", "700\n", "anon 600\nfile 100\n");
        Assert.Equal(400, ControlGroup.Room(_root));
    }

    [Fact]
    public void The_first_version_is_read_by_its_memory_controller()
    {
        Write("proc/self/cgroup", "5:cpu,memory:/job\n4:pids:/other\n0::/\n");
        Group("sys/fs/cgroup/memory/job", "memory.limit_in_bytes", "5000\n", "memory.usage_in_bytes", "2000\n", "cache 1\ntotal_cache 500\n");
        Group("sys/fs/cgroup/memory/other", "memory.limit_in_bytes", "1\n", "memory.usage_in_bytes", "1\n", "total_cache 0\n");
        Assert.Equal(3500, ControlGroup.Room(_root));
    }

    [Fact]
    public void Without_groups_nothing_limits()
    {
        Assert.Null(ControlGroup.Room(_root));
        Write("proc/self/cgroup", "0::/gone\nnonsense\n");
        Assert.Null(ControlGroup.Room(_root));
    }

    private void Group(string folder, string limitFile, string limit, string usageFile, string usage, string statistics)
    {
        Write($"{folder}/{limitFile}", limit);
        Write($"{folder}/{usageFile}", usage);
        Write($"{folder}/memory.stat", statistics);
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
