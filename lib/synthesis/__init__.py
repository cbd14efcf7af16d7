"""What the verdicts of all chapters say together: conclusions, recommendations, the trail, theories, answers.

Nothing is tested here (see `lib.ledger`), and no figure is drawn (see `lib.charts`).
"""
