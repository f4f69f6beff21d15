#!/usr/bin/env python3
"""Recomputes credit scores and grades from exported JSON: an implementation of its own, with the
standard library and integers only. Reads one JSON object per line (or one file holding a single
object) and says for each whether the stated figures follow from the stated facts.

usage: score.py FILE     exit code 0: no difference
"""
import json
import sys
from math import isqrt


def score(model, facts, as_of):
    """Base plus contributions in the order (from, id), each kind within its cap, then clamped."""
    counting = sorted(
        (f for f in facts if f["from"] <= as_of < f["to"]), key=lambda f: (f["from"], f["fact"])
    )
    used, inputs, raw = {}, [], model["base"]
    for fact in counting:
        points, cap, already = fact["points"], fact.get("cap"), used.get(fact["code"], 0)
        if cap is not None and points >= 0:
            points = min(points, max(cap - already, 0))
        elif cap is not None:
            points = max(points, min(cap - already, 0))
        used[fact["code"]] = already + points
        inputs.append({"fact": fact["fact"], "points": points})
        raw += points
    half = max(model["spread_least"], isqrt(model["spread"] ** 2 // (len(counting) + 1)))

    def within(value):
        return min(max(value, model["lowest"]), model["highest"])

    value = within(raw)
    return {
        "score": value,
        "raw": raw,
        "low": within(value - half),
        "high": within(value + half),
        "counted": len(counting),
        "inputs": inputs,
    }


def grade(grades, model, value, counted, grounds):
    """First cut-off reached, best first; few facts without a forcing ground go no lower than the guard."""
    names = [row["grade"] for row in grades]
    place = next((i for i, row in enumerate(grades) if value >= row["from"]), len(grades) - 1)
    if counted < model["few"] and not grounds and model["guard"] in names:
        place = min(place, names.index(model["guard"]))
    return names[place]


def differences(case):
    model, facts = case["model"], case["facts"]
    mine = score(model, facts, case["as_of"])
    wrong = [key for key in mine if mine[key] != case["scored"][key]]
    if "grades" in case:
        counted = {i["fact"] for i in mine["inputs"]}
        grounds = [g for g in case.get("grounds", []) if g["fact"] in counted]
        if grade(case["grades"], model, mine["score"], mine["counted"], grounds) != case["grade"]:
            wrong.append("grade")
    return wrong


def main(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        cases = [json.loads(text)]
    except json.JSONDecodeError:
        cases = [json.loads(line) for line in text.splitlines() if line.strip()]
    bad = 0
    for number, case in enumerate(cases, 1):
        wrong = differences(case)
        if wrong:
            bad += 1
            print(f"{number}: {', '.join(wrong)}")
    print(f"{len(cases)} recomputed, {bad} differences")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
