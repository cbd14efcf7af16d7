"""A reader's own files for a build, as `steps.own` hands them over; none in the book that is published."""

from __future__ import annotations

import json
import os

OWN = "OWN_FILES"  # the variable with the files: by chapter, by parameter


def own(chapter: str) -> dict[str, str]:
    """The files of a reader's own that a chapter is given, by parameter."""
    return json.loads(os.environ.get(OWN, "{}")).get(chapter, {})
