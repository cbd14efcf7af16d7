"""What `make new` begins: a claim, a table, a figure and a chapter, each a module with a function `begin`.

`words` asks for what is missing, `files` writes all or nothing, and `python -m steps.new` is the command.
"""
