"""Estimators for panels of countries and months, and inference where one country is treated.

They take tables and give tables or numbers. Nothing here knows of return, of the report or of its claims.
"""
