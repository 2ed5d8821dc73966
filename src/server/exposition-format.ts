/** Which of the two formats an Accept header would rather have (RFC 9110 §12.5.1); the older one where it does not say. */
export function expositionOf(accept: string | undefined): "prometheus" | "openmetrics" {
  const ranges = (accept ?? "").split(",").map((range) => {
    const [media = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    return { media, weight: weight === undefined ? 1 : Number(weight.slice("q=".length)) };
  });
  const best = (media: string): number =>
    Math.max(0, ...ranges.filter((range) => range.media === media).map(({ weight }) => weight || 0));
  const openMetrics = best("application/openmetrics-text");
  return openMetrics > 0 && openMetrics >= best("text/plain") ? "openmetrics" : "prometheus";
}
