using System.Runtime.InteropServices;
using Supir.Cli;

using CancellationTokenSource stop = new();

// The first signal asks the work to end cleanly; a second one ends the process as it would without us.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return Application.Run(args, Terminal.OfProcess, stop.Token);
