"""What runs the build: its plan, the record of what is up to date, the processes that work, chapters, the HTML.

What a page says is not here: see `steps.book`.
"""
