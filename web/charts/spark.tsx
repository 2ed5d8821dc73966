const width = 120;
const height = 22;

interface SparkProps {
  /** Says in words what it shows. */
  readonly label: string;
  readonly values: readonly number[];
  /** Gives it another colour than the usual one. */
  readonly className?: string;
}

/** A course so small that it stands in a line of a table. */
export function Spark({ label, values, className = "tone-line-accent" }: SparkProps) {
  if (values.length === 0) return <span className="dim">–</span>;
  const top = Math.max(1, ...values);
  const last = Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) =>
      `${((index / last) * width).toFixed(1)},${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`,
  );
  const line = points.length === 1 ? [...points, `${width},${points[0]?.split(",")[1]}`] : points;
  return (
    <svg
      className={`spark ${className}`}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <path className="course-area" d={`M0,${height}L${line.join("L")}L${width},${height}Z`} />
      <path className="course-line" d={`M${line.join("L")}`} />
    </svg>
  );
}
