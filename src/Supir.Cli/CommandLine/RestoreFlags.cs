namespace Supir.Cli.CommandLine;

/// <summary>The flags of <c>supir restore</c>, in the order of its help. Values are checked where they are used, not here.</summary>
/// <remarks>Names and meanings are those of test.py (SUPIR @ bda91af), but for those that are said to be ours in docs/architecture.md; those of
/// checkpoints are the reference's names for their paths.</remarks>
internal static class RestoreFlags
{
    private const string Files = "Files";
    /// <summary>The heading of the flags that say where the model's files lie.</summary>
    public const string Model = "Model";
    private const string Folder = "Folders";
    private const string Size = "Size";
    private const string Text = "Text";
    private const string Sampling = "Sampling";
    private const string Color = "Colour";
    private const string Machine = "Machine and numbers";

    private static readonly Flag[] CheckpointFlags =
    [
        new(Model, "--checkpoints", "FILE", "Paths of all these: checkpoints.yaml, or the original's CKPT_PTH.py [one beside the options file or in models/]", IsSetting: false),
        new(Model, "--SDXL_CKPT", "FILE", "The SDXL base checkpoint [the options file's]", IsSetting: false),
        new(Model, "--SUPIR_CKPT", "FILE", "A SUPIR checkpoint that is always read [the options file's]", IsSetting: false),
        new(Model, "--SUPIR_CKPT_Q", "FILE", "The SUPIR checkpoint of --SUPIR_sign Q [the options file's]", IsSetting: false),
        new(Model, "--SUPIR_CKPT_F", "FILE", "The SUPIR checkpoint of --SUPIR_sign F [the options file's]", IsSetting: false),
        new(Model, "--SDXL_CLIP1_PATH", "PATH", "The first text encoder, a Hugging Face CLIP folder, in place of the base's", IsSetting: false),
        new(Model, "--SDXL_CLIP2_CKPT_PTH", "PATH", "The second text encoder, OpenCLIP's .bin, in place of the base's", IsSetting: false),
        new(Model, "--LLAVA_MODEL_PATH", "DIR", "The captioning model", IsSetting: false),
        new(Model, "--LLAVA_CLIP_PATH", "DIR", "The captioning model's picture encoder", IsSetting: false),
        new(Model, "--lora", "FILE[:X]", "A LoRA of kohya's or diffusers' naming, at strength X [1]; may be given several times", IsSetting: false, IsRepeatable: true),
        new(Model, "--loading_half_params", null, "Read single-precision weights in half: half the memory [false]", IsSetting: false),
    ];

    /// <summary>All flags.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new(Files, "--output", "FILE", "Where to write; .png, .jpg, .webp or .tif chooses the format [NAME.restored.png beside the input]", IsSetting: false),
        new(Files, "--img_dir", "DIR", "The folder to restore, as test.py names it: the same as PICTURE", IsSetting: false),
        new(Files, "--save_dir", "DIR", "Where its pictures go, as test.py names it: --output, but a folder's pictures are called NAME_0.png, NAME_1.png, …", IsSetting: false),
        new(Files, "--format", "TYPE", "png, jpg, webp or tif [what the output's name says, else png]"),
        new(Files, "--quality", "N", "Quality of JPEG and WebP, 1 to 100 [95]"),
        new(Files, "--bits", "N", "Bits a level in PNG and TIFF, 8 or 16 [those of the input]"),
        new(Files, "--opt", "FILE", "Options file: which model, from which checkpoints [options/SUPIR_mini.yaml, the small one that comes along]", IsSetting: false),
        new(Files, "--SUPIR_sign", "Q|F", "Which SUPIR checkpoint of the options file: Q general, F for light degradation [Q]"),
        new(Files, "--preset", "NAME", "Values for many flags at once, such as README-Q or Lightning; 'supir presets' shows them"),

        .. CheckpointFlags,

        new(Folder, "--pattern", "GLOB", "Only pictures of such names: '*.jpg', or with a slash of such paths: '2019/*' [all]", IsSetting: false),
        new(Folder, "--order", "ORDER", "name, smallest, largest, oldest or newest first [name]", IsSetting: false),
        new(Folder, "--log", "FILE", "A line of JSON for each picture, after those of earlier runs", IsSetting: false),

        new(Size, "--upscale", "X", "How much larger the picture becomes [1; a picture below --min_size is written enlarged to it]"),
        new(Size, "--width", "N", "Pixels a row of the written picture; with --height the most of both, instead of --upscale"),
        new(Size, "--height", "N", "Rows of the written picture"),
        new(Size, "--max_megapixels", "X", "Write at most so many million pixels"),
        new(Size, "--min_size", "N", "Least pixels of the shorter side while restoring [1024]"),
        new(Size, "--sizing", "WAY", "cli, or demo: the original page's sizes and resizing, written without sizing back [cli]"),
        new(Size, "--gamma", "X", "Power of the picture's levels before it is restored: below 1 is brighter [1]"),

        new(Text, "--caption", "TEXT", "What the picture shows [the text of NAME.txt beside it, if there is one]"),
        new(Text, "--captions", "FILE", "Captions by picture: CSV of picture,caption, or JSON of picture: caption", IsSetting: false),
        new(Text, "--a_prompt", "TEXT", "Words added to the caption"),
        new(Text, "--n_prompt", "TEXT", "Words to steer away from; count where --s_cfg is not 1"),
        new(Text, "--long_prompts", null, "Read prompts in pieces of 75 tokens, so that none of their words is cut off [true; false in --mode reference]"),
        new(Text, "--tile_captions", "FILE", "A caption for each tile of a tiled sampler: JSON or one a line; see --tile_map"),
        .. CaptionFlags.All,
        new(CaptionFlags.Group, "--caption_tiles", null, "Describe each tile of a tiled sampler by itself [false]", IsSetting: false),

        new(Sampling, "--edm_steps", "N", "Sampling steps, 1 to 1000 [50]"),
        new(Sampling, "--seed", "N", "The same seed gives the same picture; -1 draws one [1234]"),
        new(Sampling, "--s_cfg", "X", "How strongly the text steers; 1 switches guidance off and halves the work [4.0]"),
        new(Sampling, "--linear_CFG", null, "Let that strength change with the noise; 'false' holds it fixed [true]"),
        new(Sampling, "--spt_linear_CFG", "X", "The strength at most noise [1.0]"),
        new(Sampling, "--s_stage1", "X", "Pull towards the denoised input, an exponent: larger pulls less, -1 not at all [-1]"),
        new(Sampling, "--s_stage2", "X", "How strongly the input's structure steers [1.0]"),
        new(Sampling, "--linear_s_stage2", null, "Let that strength change with the noise [false]"),
        new(Sampling, "--spt_linear_s_stage2", "X", "The strength at most noise [0.0]"),
        new(Sampling, "--s_churn", "X", "Noise put back while sampling [5]"),
        new(Sampling, "--s_noise", "X", "Factor on that noise [1.01]"),

        new(Sampling, "--sampler", "NAME", "Such as RestoreEDM, TiledRestoreEDM, RestoreDPMPP2M [the options file's]"),
        new(Sampling, "--tile_size", "N", "Side of a tile of a tiled sampler, in places of the latent of 8 pixels [the options file's, 128]"),
        new(Sampling, "--tile_stride", "N", "From a tile to the next, in such places [the options file's; half of --tile_size]"),
        new(Sampling, "--num_samples", "N", "So many pictures of other noise, written as NAME_0, NAME_1, … [1]"),
        new(Sampling, "--tile_batch", "N", "Tiles or samples that go through the networks together [1; 4 on a GPU]"),
        new(Sampling, "--tile_map", "FILE", "Only draw the tiles of a tiled sampler on the picture, numbered as their captions are", IsSetting: false),

        new(Color, "--color_fix_type", "TYPE", "None, AdaIn or Wavelet [Wavelet]"),
        new(Color, "--color_fix_reference", "WHAT", "Draw colours back to those of stage1 or of the input [stage1]"),

        new(Machine, "--device", "NAME", "cpu, cuda, or GPUs such as cuda:0,cuda:1, which share the work [a GPU if one can be used, else cpu]", IsSetting: false),
        new(Machine, "--threads", "N", "Processor threads to use [all]", IsSetting: false),
        new(Machine, "--ram", "GB", "Memory to use at most; where the weights do not fit, they are kept in 8 bits [what is free]", IsSetting: false),
        new(Machine, "--vram", "GB", "GPU memory to use at most; what does not fit is kept in 8 bits, then in the machine's memory [what is free]", IsSetting: false),
        new(Machine, "--journal", "SECONDS", "Keep a long run's state beside the output, at most so often; 0 after each step, -1 never [5]", IsSetting: false),
        new(Machine, "--use_tile_vae", null, "Run the autoencoder in bands: less memory, the same result, more time [false]"),
        new(Machine, "--encoder_tile_size", "N", "Pixels of a side that a band of the encoder is worth [512]"),
        new(Machine, "--decoder_tile_size", "N", "Places of a side of the latent that a band of the decoder is worth [64]"),
        new(Machine, "--mode", "MODE", "precise, or reference: with the rounding and resizing of the Python program [precise]"),
        new(Machine, "--rng", "DEVICE", "cpu or cuda: whose random numbers of torch to follow [the device's that computes]"),
        new(Machine, "--ae_dtype", "TYPE", "Number format of the autoencoder: fp32 or bf16 [bf16; fp32 on a CPU]"),
        new(Machine, "--diff_dtype", "TYPE", "Number format of the diffusion: fp32, fp16, bf16 or fp8 (weights and products in 8-bit floats) [fp16; fp32 on a CPU]"),
    ];
}
