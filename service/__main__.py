"""`python -m service`: the command line."""

import sys

try:
    from service.cli import main
except ModuleNotFoundError as error:
    if str(error.name).partition(".")[0] == "service":
        raise
    sys.exit(f'{error.name} is not installed; the command line needs what the service needs: "afterword[service]"')

sys.exit(main())
