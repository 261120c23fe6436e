namespace Supir.Cli.CommandLine;

/// <summary>The flags of <c>supir serve</c>, in the order of its help: ours, and those that the reference's demos are started with.</summary>
internal static class ServeFlags
{
    private const string Address = "Address";
    private const string Work = "Work";
    private const string Limits = "Limits";
    private const string Demos = "Of the reference's demos";

    /// <summary>All flags.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new(Address, "--host", "ADDRESS", "Where to listen; others than 127.0.0.1 need a key or --insecure [127.0.0.1]"),
        new(Address, "--port", "N", "The port; 0 for any that is free [6688]"),
        new(Address, "--api_key", "KEY", "What callers have to show [the variable SUPIR_API_KEY, if set]"),
        new(Address, "--insecure", null, "Let others call without a key"),
        new(Address, "--no_browser", null, "Do not open the page"),

        new(Work, "--data", "DIR", "Where jobs, history and results are kept [~/.local/share/supir]"),
        new(Work, "--opt", "FILE", "Options file of the model that counts where a job names none [options/SUPIR_mini.yaml]"),
        new(Work, "--checkpoints", "FILE", "Where the models' files lie: checkpoints.yaml, or the original's CKPT_PTH.py [one beside the options file or in models/]"),
        new(Work, "--device", "NAME", "cpu, cuda, or GPUs such as cuda:0,cuda:1, which share the work [a GPU if one can be used, else cpu]"),
        new(Work, "--vram", "GB", "GPU memory to use at most [what is free]"),
        new(Work, "--threads", "N", "Processor threads to use [all]"),
        new(Work, "--ram", "GB", "Memory to use at most for a restoration [what is free]"),
        new(Work, "--journal", "S", "Keep the state of a long run every so many seconds, so that a kill costs no more; -1 never [5]"),

        .. CaptionFlags.All,

        new(Limits, "--max_queue", "N", "Jobs that may wait [200]"),
        new(Limits, "--job_time_limit", "SECONDS", "The longest that a job may run [86400]"),
        new(Limits, "--max_upload", "MB", "The largest picture file [64]"),
        new(Limits, "--max_pixels", "N", "The most pixels of a picture, in millions [100]"),

        new(Demos, "--ip", "ADDRESS", "The same as --host"),
        new(Demos, "--use_tile_vae", null, "Run the autoencoder in bands where a job does not say otherwise [false]"),
        new(Demos, "--encoder_tile_size", "N", "Pixels of a side that a band of the encoder is worth [512]"),
        new(Demos, "--decoder_tile_size", "N", "Places of a side of the latent that a band of the decoder is worth [64]"),
        new(Demos, "--loading_half_params", null, "Read single-precision weights in half: half the memory [false]"),
        new(Demos, "--log_history", null, "Changes nothing: the history is always kept"),
        new(Demos, "--use_image_slider", null, "Changes nothing: results are always compared by a slider"),
        new(Demos, "--local_prompt", null, "Changes nothing: a job may always have a caption for each tile"),
    ];
}
