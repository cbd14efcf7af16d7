"""The report held against itself: its numbers, its cross-references and its citations.

What it states of the world is in `lib.ledger`.
"""
