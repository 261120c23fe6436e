using System.Text;

namespace Supir.Cli.CommandLine;

/// <summary>The help: a page for the program and one for each command.</summary>
internal static class HelpPages
{
    private const string Root =
        """
        supir restores photographs: it removes blur, noise and compression, and paints the detail back.

          supir restore PICTURE     restore a picture, or a folder of them
          supir rerun PICTURE       make a restored picture again, from the recipe that it keeps
          supir caption PICTURE…    what pictures show, into a text file beside each
          supir presets             named values for its many flags
          supir inspect FILE        what a checkpoint holds
          supir convert FILE… -o OUT  checkpoints as one pruned safetensors file, in 16 or 8 bits; LLaVA in 8 or 4
          supir serve               the web page and the API
          supir doctor              whether this machine has what it takes
          supir bench               how fast this machine is, and how much of it the program uses
          supir --version           version, licences

        Try it:
          supir restore samples/bee.jpg
              writes samples/bee.restored.png, with the small model that comes along
          supir restore old.jpg --upscale 2 -o new.webp
              twice as large, to another place, in another format
          supir restore old.jpg --opt options/SUPIR_v0.yaml
              with the published model, from the checkpoints that the options file names

        'supir COMMAND --help' says more. Exit codes: 0 done; 2 the command line or options file is wrong; 3 a picture or
        checkpoint is; 4 the machine lacks something; 70 our mistake; 130 stopped by Ctrl-C.

        """;

    private const string ListedPresets =
        """
        supir presets

        Shows the presets: named values for the flags of restore, to be chosen with --preset. A flag on the command line counts
        before the preset, and the preset before the options file's default_setting.

        Try it:
          supir restore old.jpg --opt options/SUPIR_v0.yaml --preset README-Q
          supir restore old.jpg --opt options/SUPIR_v0.yaml --preset author-2 --edm_steps 30

        """;

    private const string Rerun =
        """
        supir rerun PICTURE [--input FILE] [-o OUT] [flags]

        Makes a restored picture again: on the same device the same bytes, and says whether they are. Every picture that
        'supir restore' writes keeps its recipe in its metadata: the version, the SHA-256 of the input and of the model's
        files, every setting and the seed. The input is looked for beside the picture, under the name that it had; the model
        in the options file of the same name that comes along. Another input or another model is refused (exit code 3).

          --input FILE       the picture that it was made of, wherever it lies now
          -o, --output OUT   where to write [NAME.rerun.EXT beside the picture]
          --opt FILE         the options file that names the model's checkpoints here; the model's flags of restore
                             (--SDXL_CKPT, --lora, …) count, too
          --device NAME      what is to compute [cpu or cuda, as it was made]
          --threads N        processor threads to use [all]
          --ram GB           memory to use at most [what is free]; on a GPU --vram GB

        Try it:
          supir restore samples/bee.jpg && supir rerun samples/bee.restored.png
          supir rerun new.webp --input scans/old.tif -o again.webp

        """;

    private const string Inspect =
        """
        supir inspect FILE [--json]

        Says which model a safetensors file holds, which parts of one it has and lacks, and lists its tensors. Only the
        header is read, so it takes no time even for a file of many gigabytes.

          --json    for programs: everything as one JSON object

        Try it:
          supir inspect models/supir-mini.safetensors
          supir inspect model.safetensors --json | jq '.tensors[] | select(.type == "Float32").name'

        """;

    private const string Doctor =
        """
        supir doctor

        Says what the program found on this machine (processor and its vector instructions, memory, libvips and its formats,
        the model that comes along) and computes a few things whose results are known from the Python program. Exit code 4
        if something is missing or wrong.

        """;

    private const string Convert =
        """
        supir convert FILE… -o OUT [--type fp16|int8|fp8]
        supir convert LLAVA_FOLDER -o OUT_FOLDER --type int4|int8 [--llava_clip FOLDER]

        Writes checkpoints (safetensors, or torch's .ckpt, .pth and .bin) as one safetensors file with just the tensors that
        restoring needs, and says what the rounding costs. A later file's tensors replace an earlier one's.

        A LLaVA-1.5, which writes captions, becomes a folder of its own with tokenizer and configuration: the 13B takes 27 GB
        in 16 bits, 14 GB in 8 and 8 GB in 4. It loads twice as fast, and says the same words as the large one, whose weights
        are rounded each time it is loaded. Vision tower and embeddings are not rounded, the head only to 8 bits.

          -o, --output OUT    the file to write; for a LLaVA the folder, which must not be there yet
          --type TYPE         fp16; int8, with a factor for each output channel; fp8 (e4m3); int4, with a factor for each 64
                              inputs, for a LLaVA only [fp16]
          --llava_clip FOLDER CLIP ViT-L/14-336, where it is not in LLaVA's folder [LLAVA_CLIP_PATH, if set]

        Try it:
          supir convert sd_xl_base_1.0_0.9vae.safetensors SUPIR-v0Q.ckpt -o supir-int8.safetensors --type int8
          supir convert llava-1.5-13b-hf -o llava-13b-int4 --type int4
          supir caption old.jpg --llava llava-13b-int4

        """;

    private const string Bench =
        """
        supir bench [--threads N] [--only WORD] [--full [--size N] [--checkpoint FILE] [--int8] [--profile]]
        supir bench --write-checkpoint FILE
        supir bench --language [--threads N]
        supir bench --gpu [--size N] [--checkpoint FILE] [--only WORD]

        Measures the processor's peak of fused multiply-adds, then the matrix products, convolutions and attentions of the
        published model at their real sizes, as fractions of that peak, and whole restorations with the small model. Takes
        two or three minutes. Best on a machine that does nothing else.

          --threads N              threads for the second half of the table [one a processor]
          --only WORD              only the peak and what has this word in its name: linear, conv, attention, model, VAE, step
          --full                   the networks at full size, too: some minutes, 8 GB of memory
          --size N                 for --full: pixels of a side, a multiple of 64 [512]
          --checkpoint FILE        for --full: the weights, of the published sizes [computed ones, which load more slowly]
          --int8                   for --full: weights kept in 8 bits
          --profile                for --full and the small model: where the time goes, by operation and by layer
          --write-checkpoint FILE  measures nothing: writes computed weights of the published sizes, 9.6 GB, for --checkpoint
          --language               LLaVA-1.5-13B's language model in 4 bits: some minutes, 9 GB of memory
          --gpu                    the networks at full size on a GPU, at 1024x1024 unless --size says otherwise, and nothing else

        """;

    private const string RestoreHead =
        """
        supir restore PICTURE [flags]
        supir restore FOLDER -o FOLDER [flags]

        Restores a JPEG, PNG, WebP, TIFF, AVIF, HEIC or JPEG XL file, or all of them in a folder and the folders in it. EXIF, XMP,
        IPTC, density and colour profile are kept, 16 bits and transparency too. [In brackets: what counts where neither the flag
        nor the options file's default_setting says otherwise.] "-" and "_" are the same in flags.

        Of a folder, what is done is skipped: pictures whose recipe, kept in the file, is the one asked for now. So the same
        command goes on after Ctrl-C, a kill or a failure, and failed pictures are tried again; the exit code is the gravest
        failure's. Names that begin with a dot are left alone. A long run keeps a journal beside its output, from which the same
        command goes on in the middle of a picture.


        """;

    private const string RestoreExamples =
        """
        Try it:
          supir restore samples/bee.jpg
          supir restore old.jpg -o new.jpg --caption "Two children on a beach." --s_cfg 4
          supir restore old.jpg --seed -1                      another picture each time
          supir restore old.jpg --edm_steps 20 --s_stage1 -1   more steps, freer
          supir restore old.jpg --opt options/SUPIR_v0.yaml --preset README-Q
          supir restore scans -o restored --format jpg --quality 90 --max_megapixels 12 --log restored.jsonl

        """;

    private const string ServeHead =
        """
        supir serve [flags]

        Opens the web page and the API (described at /api of the same address). Jobs and results are kept, and go on after a
        restart. Ctrl-C ends it; a picture that is worked on goes on the next time.


        """;

    private const string ServeExamples =
        """
        Try it:
          supir serve
          supir serve --port 8080 --data /srv/supir --no-browser
          SUPIR_API_KEY=secret supir serve --host 0.0.0.0

        """;

    /// <summary>Where the descriptions begin: behind the longest flag with its value.</summary>
    private const int DescriptionColumn = 32;

    /// <summary>The page about a command.</summary>
    public static string For(string command, bool isRoot) => isRoot ? Root : command switch
    {
        "restore" => Restore(),
        "caption" => CaptionHelp.Page(DescriptionColumn),
        "presets" => ListedPresets,
        "rerun" => Rerun,
        "inspect" => Inspect,
        "bench" => Bench,
        "convert" => Convert,
        "serve" => Flags(ServeHead, ServeFlags.All, ServeExamples),
        _ => Doctor,
    };

    private static string Restore() => Flags(RestoreHead, RestoreFlags.All, RestoreExamples);

    private static string Flags(string head, IReadOnlyList<Flag> flags, string examples)
    {
        StringBuilder page = new(head);
        foreach (IGrouping<string, Flag> group in flags.GroupBy(flag => flag.Group))
        {
            page.Append(group.Key).AppendLine(":");
            foreach (Flag flag in group)
            {
                string name = flag.Name == "--output" ? "-o, --output" : flag.Name;
                string usage = flag.ValueName is null ? name : $"{name} {flag.ValueName}";
                page.Append("  ").Append(usage.PadRight(DescriptionColumn - 2)).AppendLine(flag.Help);
            }

            page.AppendLine();
        }

        return page.Append(examples).ToString();
    }
}
