"""Measures of the other chapters: routes, counts and shares, surveys, evidence by piece, costs, published studies.

Each takes a table and gives a table or a number. Estimates of an effect over a panel are in `lib.effects`.
"""
