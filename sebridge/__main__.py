"""python -m sebridge."""

from sebridge.cli.main import main

main()
