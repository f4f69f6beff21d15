import { KeyRing } from "@api/write";
import { describe, expect, it } from "vitest";
import { safeNext } from "../app/next";
import { dropAllDrafts, loadDraft, saveDraft } from "./drafts";
import { path } from "./formProblem";
import { exportUrl } from "./ListTools";
import { fromSearch, toSearch } from "./nav";
import { passwordFault } from "./passwords";
import { riskColour } from "./tags";
import { filtersOf } from "./useList";

describe("the URL of a list", () => {
  it("keeps a region code as text and drops empty filters", () => {
    expect(fromSearch(toSearch({ region: "990121", q: "", state: undefined }))).toEqual({ region: "990121" });
  });
  it("tells filters from paging and sorting", () => {
    expect(filtersOf({ q: "岚江", sort: "-name", page: "2", cursor: "x", size: "50" })).toEqual({ q: "岚江" });
  });
  it("exports every page with the same filters", () => {
    const query = { region: "990121", sort: "name", "page[size]": "20", "page[cursor]": "abc" };
    expect(exportUrl("/enterprises/{id}/sites", { id: "E 1" }, query, "xlsx")).toBe(
      "/api/v1/enterprises/E%201/sites?region=990121&sort=name&format=xlsx",
    );
  });
});

describe("idempotency keys", () => {
  it("repeat for a retry, change with the content and after success", () => {
    const ring = new KeyRing();
    const first = ring.keyFor({ note: "a" });
    expect(ring.keyFor({ note: "a" })).toBe(first);
    const second = ring.keyFor({ note: "b" });
    expect(second).not.toBe(first);
    ring.spent();
    expect(ring.keyFor({ note: "b" })).not.toBe(second);
  });
});

describe("drafts", () => {
  it("come back within a week, without secrets", () => {
    saveDraft("x", { name: "厂", password: "p", empty: "" }, 1000);
    expect(loadDraft("x", 2000)).toEqual({ name: "厂" });
    expect(loadDraft("x", 1000 + 8 * 24 * 3600_000)).toBeNull();
  });
  it("are gone after signing out", () => {
    saveDraft("x", { name: "厂" }, 1000);
    dropAllDrafts();
    expect(loadDraft("x", 1000)).toBeNull();
  });
});

describe("small rules", () => {
  it("a field's message finds its input in a list", () => {
    expect(path("chemicals[0].q_t")).toEqual(["chemicals", 0, "q_t"]);
    expect(path("chemicals.0.q_t")).toEqual(["chemicals", 0, "q_t"]);
  });
  it("the four colours are found under every word for them", () => {
    expect(["红", "红色", "重大风险", "一级", "red"].map(riskColour)).toEqual(["red", "red", "red", "red", "red"]);
    expect(riskColour("四级")).toBe("blue");
    expect(riskColour("不构成")).toBeNull();
    expect(riskColour(null)).toBeNull();
  });
  it("a login leads only to our own pages", () => {
    expect(safeNext("/desk?x=1")).toBe("/desk?x=1");
    for (const bad of ["//evil.example", "https://evil.example", "/\\evil.example", undefined]) {
      expect(safeNext(bad)).toBe("/");
    }
  });
  it("weak passwords are named before they are sent", () => {
    expect(passwordFault("short1A")).toContain("10 位");
    expect(passwordFault("onlylowercase")).toContain("三类");
    expect(passwordFault("Officer2026!", "officer")).toContain("用户名");
    expect(passwordFault("Lan-Jiang2026")).toBeNull();
  });
});
