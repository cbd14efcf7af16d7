"""The return panel: its form and checks, simulated panels, what tests find in them, and returns by state and origin.

What holds for any panel is in `lib.effects`; the claims on return are tested in their chapter.
"""
