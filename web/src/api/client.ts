import createClient from "openapi-fetch";
import type { paths } from "./paths";
import type { Problem } from "./types";

/** A refusal in the server's own words. Network failures take the same shape, so that one component shows them all. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
}

export const API = "/api/v1";

let csrf = "";
let onUnauthorised: () => void = () => {};

/** The session hands its CSRF value over here; every browser write repeats it. */
export function setCsrf(value: string): void {
  csrf = value;
}

/** Called whenever an answer says that the session has ended. */
export function whenUnauthorised(act: () => void): void {
  onUnauthorised = act;
}

/** `fetch` is looked up at call time: openapi-fetch would otherwise keep the one of its creation and test doubles would not act. */
async function send(request: Request): Promise<Response> {
  if (!["GET", "HEAD"].includes(request.method)) request.headers.set("X-CSRF-Token", csrf);
  request.headers.set("Accept", "application/json, application/problem+json");
  const response = await globalThis.fetch(request).catch(() => {
    throw new ApiError({
      type: "about:network",
      title: "连接不上服务器",
      status: 0,
      detail: "请检查网络后重试；已填写的内容保留在本机草稿中。",
    });
  });
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (response.status === 401 && !request.url.endsWith(`${API}/session`)) onUnauthorised();
  throw new ApiError(problem);
}

async function readProblem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => null);
  if (body && typeof body === "object" && typeof body.title === "string") return { ...body, status: response.status };
  return {
    type: "about:blank",
    title: response.status >= 500 ? "服务器处理出错" : "请求未被接受",
    status: response.status,
    detail: `状态码 ${response.status}。请稍后重试，仍不行请联系系统管理员。`,
  };
}

export const client = createClient<paths>({ baseUrl: API, fetch: send });

/** Uploads one file; multipart, because JSON would carry it as base64. */
export async function upload<T>(path: string, file: File, fields: Record<string, string> = {}): Promise<T> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("file", file, file.name);
  const response = await send(new Request(new URL(API + path, location.href), { method: "POST", body }));
  return (await response.json()) as T;
}

/** The answer's body; openapi-fetch types it as optional although a refusal has already been thrown. */
export function dataOf<T>(answer: { data?: T }): T {
  return answer.data as T;
}
