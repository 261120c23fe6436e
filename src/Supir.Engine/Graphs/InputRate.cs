namespace Supir.Engine.Graphs;

/// <summary>How often an input of a graph changes.</summary>
public enum InputRate
{
    /// <summary>Anew before every execution of the plan.</summary>
    EveryStep,

    /// <summary>Once a run of many executions: what follows from such inputs alone is computed once and kept.</summary>
    OncePerRun,
}
