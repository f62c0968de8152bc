"""The versions of the package and of the specification that it implements."""

from typing import Final

#: The version of this package.
__version__ = "0.1.0"

#: The version of the written specification whose clauses the code cites.
SPECIFICATION_VERSION: Final = "0.1"
