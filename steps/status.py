"""What would run if the book were built now, and why (`make status`)."""

from __future__ import annotations

from steps.engine import plan, record

SHOWN = 4


def lines() -> list[str]:
    """A line for each step, in order: up to date, or the reasons to run."""
    return [f"  {_title(step):36}{_said(record.reasons(step))}" for step in plan.steps()]


def _title(step: str) -> str:
    return step.replace("execute-", "chapter ").replace("pictures-", "pictures of ")


def _said(reasons: list[str]) -> str:
    if not reasons:
        return "up to date"
    more = f" and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
    return "; ".join(reasons[:SHOWN]) + more


if __name__ == "__main__":
    print("\n".join(lines()))
