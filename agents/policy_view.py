"""A policy read aloud: for each rule what it looks for, how far it goes where, and the law it rests on."""

from __future__ import annotations

from rich.console import Console
from rich.table import Column, Table

from pipeline.message import Notice
from pipeline.policy import Policy


def show(policy: Policy, console: Console) -> None:
    """Print the policy as a table, with its version and limits."""
    # Few columns, and no name is cut however narrow the terminal: half of one tells nobody which rule it is.
    names = (Column(each, no_wrap=True) for each in ("rule", "looks for"))
    table = Table(*names, "how far", Column("legal basis", overflow="fold"), show_lines=True)
    for rule in policy.rule:
        elsewhere = (f"{name}: {mode}" for name, mode in sorted(rule.departments.items()))
        far = "\n".join((rule.mode, *elsewhere, f"from {rule.act_at:g}", f"people from {rule.review_at:g}"))
        table.add_row(rule.id, "\n".join((*rule.entities, *rule.concerns)), far, rule.legal_basis)
    console.print(table)
    rules = Column("rules", no_wrap=True)
    decisions = Table(
        "decided", "by", "mode", rules, "where", "why", title="Who let the rules go so far", show_lines=True
    )
    for each in sorted(policy.decision, key=lambda each: each.on):
        where = ", ".join(each.departments) or "everywhere"
        decisions.add_row(each.on.isoformat(), each.by, each.mode, "\n".join(each.rules), where, each.why)
    console.print(decisions)
    for kind, mode in sorted(policy.limits.items()):
        console.print(f"limit: a {kind} goes no further than {mode}")
    brakes = policy.brakes
    console.print(
        f"brakes: {brakes.per_account_per_hour} removals an hour for an account, {brakes.per_rule_per_hour} for a rule"
    )
    console.print(f"deadline: an order not carried out in {policy.deadlines.removal_minutes} minutes is an alarm")
    told = ", ".join(f"{rule.id} ({rule.notice})" for rule in policy.rule if rule.notice is not Notice.NONE)
    console.print(f"authors are told, in {policy.notices.language}, by: {told or 'no rule'}")
    console.print(f"reposts: a removed value is known again for {policy.reposts.days} days")
    console.print(f"version: {policy.version}")
