"""The commands of the command line: each reads its options and calls into its room."""
