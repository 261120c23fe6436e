using System.Text;

namespace Supir.Cli.CommandLine;

/// <summary>The help of <c>supir caption</c>.</summary>
internal static class CaptionHelp
{
    private const string Head =
        """
        supir caption PICTURE… [flags]

        Writes what each picture shows into a text file beside it, NAME.txt, which 'supir restore --captioner sidecar' reads
        and you may edit. A folder stands for its pictures. Those that have a caption are left alone, so a run that was
        stopped goes on where it was.


        """;

    private const string Examples =
        """
          --overwrite                   Make new captions for all pictures
          --parallel N                  Pictures at a time [4 with a server, 1 with LLaVA]
          --threads N                   Processor threads to use [all]
          --ram GB                      Memory that LLaVA may take at most [what is free]

        Try it:
          supir caption holiday/ --captioner http://localhost:11434/v1 --captioner_model llava
          supir caption old.jpg --llava models/llava-1.5-13b-hf
          supir convert models/llava-1.5-13b-hf -o models/llava-int4 --type int4
              smaller and sooner loaded, for --llava models/llava-int4

        """;

    /// <summary>The whole page.</summary>
    public static string Page(int descriptionColumn)
    {
        StringBuilder page = new(Head);
        foreach (Flag flag in CaptionFlags.All)
        {
            string usage = flag.ValueName is null ? flag.Name : $"{flag.Name} {flag.ValueName}";
            page.Append("  ").Append(usage.PadRight(descriptionColumn - 2)).AppendLine(flag.Help);
        }

        return page.Append(Examples).ToString();
    }
}
