#!/usr/bin/env python3
"""Computes the premium of a policy again from the exported basis, with the standard library only.

    scripts/recompute/premium.py 保单依据.json
    scripts/recompute/premium.py --lines histories.jsonl

The export is GET /api/v1/insurance-policies/{id}/basis. Nothing of the platform's code is used: the
factors are found again from the events, the percentages are added with exact decimals and the result is
rounded half up to one fen. Every difference is printed; the exit code is 1 where there is one.
"""
import json
import sys
from decimal import ROUND_HALF_UP, Decimal

MOST_FIXES = 5


def factors(export, upto):
    """The factors that the scheme takes from what was stated and from events up to a place in the log."""
    basis, rows = export["basis"], {row["id"]: row for row in export["scheme"]["factors"]}
    found = [(name, []) for name in basis["declared"]]
    inside = [c for c in export["causes"] if c["seq"] <= upto and export["since"] <= c["at"] <= basis["until"]]
    inside.sort(key=lambda c: c["seq"])
    grades = [c for c in inside if c["what"]["kind"] == "grade"]
    if grades:
        found.append(("credit_" + grades[-1]["what"]["grade"].lower(), [grades[-1]["event"]]))
    last = {}
    for cause in inside:
        if cause["what"]["kind"] == "fix":
            last[cause["what"]["hazard"]] = cause
    counted = sorted((c for c in last.values() if c["what"]["counts"]), key=lambda c: c["seq"])[:MOST_FIXES]
    if counted:
        found.append((f"fixes_{len(counted)}", [c["event"] for c in counted]))
    stated = set(basis["declared"])
    return [(rows[name], events) for name, events in found if name in rows or name in stated]


def premium(export, upto):
    """Base × (1 + sum of percentages), in fen."""
    percent = sum((Decimal(row["percent"]) for row, _ in factors(export, upto)), Decimal(0))
    fen = Decimal(export["basis"]["base_fen"]) * (Decimal(100) + percent) / Decimal(100)
    return int(fen.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def compare(export):
    """What is said and what comes out, where they differ."""
    if export["scheme"]["kind"] != "float":
        return [f"方案“{export['scheme']['name']}”不按百分比浮动，本脚本不能复算"]
    everything = max([c["seq"] for c in export["causes"]], default=0)
    wrong = []

    def check(what, said, upto):
        computed = premium(export, upto)
        if computed != said:
            wrong.append(f"{what}：记录 {said} 分，复算 {computed} 分")

    check("承保时保险费", export["bound_fen"], export["bound_seq"])
    check("按现有事实的保险费", export["computed_fen"], everything)
    standing = export["bound_fen"]
    for adjustment in export["adjustments"]:
        check(f"调整 {adjustment['id']}", adjustment["new_fen"], adjustment["upto"])
        said = [(term["id"], term["because"]) for term in adjustment["terms"]]
        found = [(row["id"], events) for row, events in factors(export, adjustment["upto"])]
        if said != found:
            wrong.append(f"调整 {adjustment['id']} 的因素：记录 {said}，复算 {found}")
        if adjustment["state"] == "accepted":
            if adjustment["old_fen"] != standing:
                wrong.append(f"调整 {adjustment['id']} 之前：记录 {adjustment['old_fen']} 分，应为 {standing} 分")
            standing = adjustment["new_fen"]
    if standing != export["premium_fen"]:
        wrong.append(f"现行保险费：记录 {export['premium_fen']} 分，逐次调整得 {standing} 分")
    return wrong


def main(arguments):
    lines = "--lines" in arguments
    paths = [a for a in arguments if a != "--lines"]
    if len(paths) != 1:
        print(__doc__)
        return 2
    stream = sys.stdin if paths[0] == "-" else open(paths[0], encoding="utf-8")
    with stream:
        exports = [json.loads(line) for line in stream if line.strip()] if lines else [json.load(stream)]
    differences = 0
    for number, export in enumerate(exports, 1):
        for text in compare(export):
            differences += 1
            print(f"第 {number} 份（保单 {export['policy_no']}）{text}")
    print(f"复算 {len(exports)} 份，{differences} 处差异")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
