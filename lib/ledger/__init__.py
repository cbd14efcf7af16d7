"""What the report states and what checks say of it: claims, verdicts, official rows, the record of each chapter.

A claim is tested here and nowhere else; what it is tested with is in `lib.effects`, `lib.returns`, `lib.measures`.
"""
