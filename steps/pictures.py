"""Draw the pictures."""
from steps import record

record.keep("pictures", record.parts(["asked", "file requirements.lock"]), [])
