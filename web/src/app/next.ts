/** Only a path of our own: a link with a foreign `next` must not lead away after the login. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}
