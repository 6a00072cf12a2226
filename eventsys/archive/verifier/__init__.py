"""The checks that travel inside every evidence pack; imports nothing but Python itself.

Written to stand alone, on Python 3.9 or later: the pack holds a copy of this folder beside a
``verify.py`` that calls it. Its words are Chinese, because the people who check a pack are.
"""
