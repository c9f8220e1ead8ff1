"""python -m sebridge."""

from sebridge.cli import main

main()
