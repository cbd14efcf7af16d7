"""What every chapter shares: tables by name, the ledger of claims, figures, and the statistics they use."""
