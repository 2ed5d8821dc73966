/** A compass rose on its rhumb lines. */
export function Logo({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="logo">
      <g className="logo-lines" strokeWidth="1">
        <path d="M16 1v30M1 16h30M5.4 5.4l21.2 21.2M26.6 5.4 5.4 26.6M10.3 2.1l11.4 27.8M29.9 10.3 2.1 21.7M21.7 2.1 10.3 29.9M2.1 10.3l27.8 11.4" />
      </g>
      <circle cx="16" cy="16" r="10" fill="none" className="logo-ring" strokeWidth="1.2" />
      <path d="M16 3.4 18.9 13.1 16 16 13.1 13.1Z" className="logo-bright" />
      <path d="M28.6 16 18.9 18.9 16 16 18.9 13.1Z" className="logo-soft" />
      <path d="M16 28.6 13.1 18.9 16 16 18.9 18.9Z" className="logo-bright" />
      <path d="M3.4 16 13.1 13.1 16 16 13.1 18.9Z" className="logo-soft" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="wordmark">
      <Logo />
      <span>Portolan</span>
    </span>
  );
}
