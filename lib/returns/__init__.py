"""The return panel: its form and checks, simulated ones, what tests find in it; Table 1; public figures on departures.

What holds for any panel is in `lib.effects`; the claims on return are tested in their chapter.
"""
