import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, client, setCsrf, whenUnauthorised } from "./client";

const real = globalThis.fetch;
const answer = (body: unknown, status = 200, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": type } });

afterEach(() => {
  globalThis.fetch = real;
});

describe("the client", () => {
  it("repeats the CSRF value with writes only", async () => {
    const seen: (string | null)[] = [];
    globalThis.fetch = vi.fn(async (input: RequestInfo | URL) => {
      seen.push((input as Request).headers.get("x-csrf-token"));
      return answer({});
    });
    setCsrf("token");
    await client.GET("/home");
    await client.POST("/notifications/read", { body: { ids: [] } });
    expect(seen).toEqual([null, "token"]);
  });
  it("throws the server's problem with its clause and fields", async () => {
    const problem = {
      type: "urn:anlan:problem:invalid",
      title: "填写内容有误",
      status: 422,
      errors: [{ field: "uscc", message: "校验码不正确" }],
    };
    globalThis.fetch = vi.fn(async () => answer(problem, 422, "application/problem+json"));
    const refusal = await client.GET("/home").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ApiError);
    expect((refusal as ApiError).problem).toEqual(problem);
  });
  it("says in Chinese when no server answers", async () => {
    globalThis.fetch = vi.fn(async () => Promise.reject(new TypeError("Failed to fetch")));
    const refusal = (await client.GET("/home").catch((error: unknown) => error)) as ApiError;
    expect(refusal.problem.title).toBe("连接不上服务器");
  });
  it("reports an ended session, but not a wrong password", async () => {
    const ended = vi.fn();
    whenUnauthorised(ended);
    globalThis.fetch = vi.fn(async () => answer({ type: "x", title: "请先登录", status: 401 }, 401));
    await client.POST("/session", { body: { username: "a", password: "b" } }).catch(() => {});
    expect(ended).not.toHaveBeenCalled();
    await client.GET("/home").catch(() => {});
    expect(ended).toHaveBeenCalledOnce();
  });
});
