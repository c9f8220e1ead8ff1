"""The command line: each subcommand in a module that is imported when it is called."""
