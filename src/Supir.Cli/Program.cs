using System.Runtime.InteropServices;
using Supir.Cli;

// The library that reads options files has a regular expression compiled to machine code as it starts, which takes longer than reading any such
// file. Only a server gains from code that is made at run time: it calls the same again and again.
if (args is not ["serve", ..])
{
    AppContext.SetSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", isEnabled: false);
}

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
