"""The command line: one command a file, thin, loaded only when it is called."""
