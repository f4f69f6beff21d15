/** The routes this part calls and the rows they answer, added to the client's own list. */
import type { ListOf } from "@api/types";

export interface TemplateNote {
  id: string;
  enterprise: string;
  enterprise_name: string;
  text: string;
  created_at: string;
}

type Json<T> = { headers: object; content: { "application/json": T } };
type Key = { header?: { "Idempotency-Key"?: string } };

declare module "@api/paths" {
  interface paths {
    "/template/notes": {
      get: {
        parameters: { query?: Record<string, string | undefined> };
        responses: { 200: Json<ListOf<TemplateNote>> };
      };
      post: {
        parameters: Key;
        requestBody: { content: { "application/json": { text: string } } };
        responses: { 200: Json<{ events: string[] }> };
      };
    };
  }
}
