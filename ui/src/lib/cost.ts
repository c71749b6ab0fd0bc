/** What statements on BigQuery cost, in words. */
import type { Cost } from "../api/client";
import { bytes, usd } from "./number";

/** Where a price comes from; shown beside every price. */
export const PRICE_NOTE =
  "An estimate at BigQuery's price on demand, US$ 6.25 a TiB, at least 10 MB a table. Some regions cost more; the first TiB of a month and a project with a reservation cost nothing.";

/** `10 MB billed, about US$ 0.000060`, or that nothing was. */
export function costWords({ bytes_billed, usd: price }: Cost): string {
  return bytes_billed === 0
    ? "nothing billed by BigQuery"
    : `${bytes(bytes_billed)} billed by BigQuery, about ${usd(price)}`;
}
