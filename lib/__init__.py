"""What every chapter shares: tables by name, the ledger of claims, figures, and the statistics they use."""

import sys

# jsonschema imports this, if it can, for a check of addresses that nothing here asks for, and it compiles grammars for
# two seconds; None means that it cannot. Chapters import lib before altair, which imports jsonschema.
sys.modules.setdefault("rfc3987_syntax", None)
