import type { Page } from "playwright-core";

/** Every page of the UI as a path, with one port, one host and each scan to look at. */
export async function everyPage(page: Page, url: string): Promise<readonly string[]> {
  const first = async (list: string): Promise<string> => {
    const answer = await page.request.get(`${url}/api/v1/${list}?limit=1`);
    const { rows } = (await answer.json()) as { rows: { id: string }[] };
    return rows[0]?.id ?? "none";
  };
  const [port, host] = [await first("ports"), await first("hosts")];
  const fleet = await page.request.get(`${url}/api/v1/connections`);
  const { mostConnections } = (await fleet.json()) as { mostConnections: { hostId: string }[] };
  const counted = mostConnections[0]?.hostId ?? "none";
  const found = await page.request.get(`${url}/api/v1/connections/findings`);
  const { firing } = (await found.json()) as { firing: { hostId: string }[] };
  const scans = (await (await page.request.get(`${url}/api/v1/scans`)).json()) as { rows: { id: string }[] };
  const outside = await page.request.get(`${url}/api/v1/ports?limit=1000`);
  const { rows } = (await outside.json()) as { rows: { id: string; view: string }[] };
  return [
    "/",
    "/ports",
    `/ports?open=${port}`,
    `/ports/${port}`,
    "/events",
    "/hosts",
    `/hosts/${host}`,
    "/connections",
    "/connections?span=1y",
    ...new Set([host, counted, ...firing.map(({ hostId }) => hostId)].map((id) => `/connections/${id}`)),
    `/connections/${counted}?span=24h&rows=span`,
    `/hosts/${counted}`,
    "/connections/none",
    "/scans",
    ...scans.rows.map(({ id }) => `/scans/${id}`),
    ...rows
      .filter(({ view }) => view === "outside")
      .slice(0, 1)
      .map(({ id }) => `/ports/${id}`),
    "/scans/none",
    "/settings/profile",
    "/settings/users",
    "/settings/tokens",
    "/settings/integrations",
    "/settings/audit",
    "/settings/health",
    "/nowhere",
  ];
}

/** The pages of someone who is not signed in. */
export const outerPages = ["/login", "/setup"] as const;
