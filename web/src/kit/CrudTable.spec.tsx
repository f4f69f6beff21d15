import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CrudTable } from "./CrudTable";
import { fromSearch, toSearch } from "./nav";
import { Theme } from "./theme";

interface Row {
  id: string;
  name: string;
}

const real = globalThis.fetch;
const asked: URL[] = [];

/** A list of 45 rows that honours size and cursor, as the server does. */
function serve(total = 45) {
  globalThis.fetch = vi.fn(async (input: RequestInfo | URL) => {
    const url = new URL((input as Request).url);
    asked.push(url);
    const size = Number(url.searchParams.get("page[size]"));
    const from = Number(url.searchParams.get("page[cursor]") ?? 0);
    const rows = Array.from({ length: total }, (_, at) => ({ id: String(at), name: `企业${at}` }));
    const next = from + size < total ? String(from + size) : null;
    const body = { items: rows.slice(from, from + size), next, total, total_exact: true };
    return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
  });
}

function open(at: string) {
  const page = () => (
    <CrudTable<Row>
      name="test"
      path="/enterprises"
      rowKey={(row) => row.id}
      filters={[{ key: "q", label: "名称" }]}
      empty="还没有企业，请先登记。"
      columns={[
        { key: "name", title: "名称", sort: true, render: (row) => row.name },
        { key: "id", title: "编号", hidden: true, render: (row) => row.id },
      ]}
    />
  );
  const history = createMemoryHistory({ initialEntries: [at] });
  const router = createRouter({
    routeTree: createRootRoute({ component: page }),
    history,
    parseSearch: fromSearch,
    stringifySearch: toSearch,
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <Theme>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Theme>,
  );
  return history;
}

afterEach(() => {
  globalThis.fetch = real;
  asked.length = 0;
});

describe("a list", () => {
  it("asks the server with the filters of the URL", async () => {
    serve();
    open("/?q=岚江&sort=-name&size=10");
    await screen.findByText("企业0");
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({ q: "岚江", sort: "-name", "page[size]": "10" });
    expect(screen.getByText(/共 45 条/)).toBeTruthy();
  });
  it("pages forward and back by cursor and keeps the place in the URL", async () => {
    serve();
    const history = open("/?size=20");
    await screen.findByText("企业0");
    fireEvent.click(screen.getByText("下一页"));
    await screen.findByText("企业20");
    expect(history.location.search).toContain("cursor=20");
    fireEvent.click(screen.getByText("上一页"));
    await screen.findByText("企业0");
    expect(history.location.search).not.toContain("cursor");
  });
  it("goes back to the first page when a filter changes", async () => {
    serve();
    const history = open("/?size=20&cursor=20&page=2");
    await screen.findByText("企业20");
    fireEvent.change(screen.getByLabelText("名称", { selector: "input" }), { target: { value: "氯碱" } });
    fireEvent.click(screen.getByRole("button", { name: "查询" }));
    await waitFor(() => expect(decodeURIComponent(history.location.search)).toBe("?size=20&q=氯碱"));
  });
  it("says what to do next when it is empty", async () => {
    serve(0);
    open("/");
    expect(await screen.findByText("还没有企业，请先登记。")).toBeTruthy();
  });
  it("shows a refusal with the way to try again", async () => {
    globalThis.fetch = vi.fn(
      async () =>
        new Response(JSON.stringify({ type: "x", title: "系统繁忙，请稍后重试", status: 503 }), { status: 503 }),
    );
    open("/");
    expect(await screen.findByText("系统繁忙，请稍后重试")).toBeTruthy();
    expect(screen.getByText("重试")).toBeTruthy();
  });
  it("has no serious accessibility fault", async () => {
    serve();
    open("/");
    await screen.findByText("企业0");
    // Colours need layout, which happy-dom has not; the browser test judges them.
    const found = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(
      found.violations.filter((each) => each.impact === "serious" || each.impact === "critical").map((each) => each.id),
    ).toEqual([]);
  });
});
