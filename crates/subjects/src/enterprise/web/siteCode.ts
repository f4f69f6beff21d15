import { fetchOne } from "@api/hooks";

/** A site has no page of its own: its code opens the sites of the enterprise that its first event names. */
export async function siteTarget(id: string): Promise<string | null> {
  const { items } = await fetchOne("/timeline", { query: { subject: `site/${id}`, limit: "1" } });
  const event = items[0];
  if (!event) return null;
  const entry = (await fetchOne("/events/{id}/entry", { path: { id: event.id } })) as {
    data?: { ctx?: { enterprise?: string } };
  };
  const enterprise = entry.data?.ctx?.enterprise;
  return enterprise ? `/enterprises/${encodeURIComponent(enterprise)}?tab=sites` : null;
}
