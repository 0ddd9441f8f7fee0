"""`python -m vatra` is `vatra`."""

from vatra.portals.cli.main import main

main()
