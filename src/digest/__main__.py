"""`python -m digest`: the command line, wherever its script is."""

from digest.cli import main

if __name__ == "__main__":
    main()
