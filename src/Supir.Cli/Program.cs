Console.WriteLine("supir");
