"""What the report states and what checks say of it: claims, verdicts, official rows, the record of each chapter.

A claim is tested here and nowhere else. How a value is computed is not here: see `effects`, `returns`, `measures`.
"""
