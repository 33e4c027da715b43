import type { ComponentChildren } from "preact";

/** A day as a box of 1000 × 100 to draw in, with what is above and below at its side and the hours under it. */
export function DayBox(props: {
  label: string;
  /** Top and bottom, as they are read. */
  most: string;
  least: string;
  /** Where 0 is, in percent from the top, and how it is written. */
  zero: number;
  zeroText: string;
  hours: readonly string[];
  children: ComponentChildren;
}) {
  const { label, most, least, zero, zeroText, hours, children } = props;
  // A label at 0 has to keep clear of those at the ends.
  const isApart = zero > 12 && zero < 88;
  return (
    <div class="day-box">
      <div class="day-scale muted small" aria-hidden="true">
        <span>{most}</span>
        {isApart && (
          <span class="day-zero-text" ref={(element) => element?.style.setProperty("--at", `${zero}%`)}>
            {zeroText}
          </span>
        )}
        <span>{least}</span>
      </div>
      <svg class="day-drawing" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label={label}>
        {children}
        <line class="day-zero" x1="0" x2="1000" y1={zero} y2={zero} vector-effect="non-scaling-stroke" />
      </svg>
      <div class="day-hours muted small" aria-hidden="true">
        {hours.map((hour, at) => (
          <span key={at}>{hour}</span>
        ))}
      </div>
    </div>
  );
}
