import type { ComponentType } from "react";

/** One page of a part. */
export interface Screen {
  /** In the router's words: `/alarms/$id`. */
  path: string;
  title: string;
  load: () => Promise<{ default: ComponentType }>;
  /** Path of the page one step up in the breadcrumb. */
  parent?: string;
  /** `shell` is the portal with menu and header, `plain` a page that needs no session, `wall` the dark full screen. */
  layout?: "shell" | "plain" | "wall";
}

export type QrTarget = (id: string) => string | Promise<string | null>;

/** What a part's `web/index.tsx` exports. */
export interface Screens {
  screens: Screen[];
  /** Where the page of an event's subject stands, by the word before its slash; the id comes ready for a path. */
  objects?: Record<string, (id: string) => string>;
  /** Where the QR code of a kind of object leads; `null` where there is no such object for this person. */
  qr?: Record<string, QrTarget>;
}
