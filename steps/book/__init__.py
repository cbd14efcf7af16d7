"""What makes pages: from executed chapters and tables to the text, figures and files that the book is built from.

When a step runs, and in which process, is not decided here: see `steps.engine`.
"""
