import type { ReactNode } from "react";
import { LanguageMenu, ThemeMenu } from "../app/choice-menus.tsx";
import { Logo } from "../marks/logo.tsx";

/** The quiet page in front of the door: signing in, and the first start. */
export function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="gate">
      <div className="gate-chart" aria-hidden="true">
        <Rhumbs />
      </div>
      <div className="gate-menus">
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <main className="gate-card">
        <div className="gate-brand">
          <Logo size={34} />
          <span>Portolan</span>
        </div>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}

const roses = [
  [120, 120],
  [520, 330],
  [860, 90],
  [300, 560],
  [960, 600],
] as const;
const winds = Array.from({ length: 16 }, (_, index) => (index * Math.PI) / 8);
const reach = 1400;

/** Rhumb lines of a portolan chart: sixteen winds from each rose. */
function Rhumbs() {
  return (
    <svg viewBox="0 0 1080 720" preserveAspectRatio="xMidYMid slice">
      {roses.map(([x, y]) => (
        <g key={`${x}`}>
          {winds.map((wind) => (
            <line key={wind} x1={x} y1={y} x2={x + reach * Math.cos(wind)} y2={y + reach * Math.sin(wind)} />
          ))}
          <circle cx={x} cy={y} r="26" />
          <circle cx={x} cy={y} r="5" />
        </g>
      ))}
    </svg>
  );
}
