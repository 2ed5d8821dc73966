import { PrometheusCard } from "./prometheus-card.tsx";
import { ZabbixCard } from "./zabbix-card.tsx";

/** One card for each system that Portolan joins. */
const cards = [ZabbixCard, PrometheusCard];

export function IntegrationsSection() {
  return (
    <div className="stack">
      {cards.map((Card) => (
        <Card key={Card.name} />
      ))}
    </div>
  );
}
