import type { JSX } from "preact";

/** Drawn for this panel on a grid of 24; decoration only, so hidden from screen readers. */
const PATHS = {
  overview: <path d="M3 12h4l2.5-6 4 12 2.5-6H21" />,
  live: (
    <>
      <circle cx="12" cy="12" r="2" />
      <path d="M7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14" />
    </>
  ),
  entities: (
    <>
      <rect x="4" y="4" width="7" height="7" rx="2" />
      <rect x="13" y="4" width="7" height="7" rx="2" />
      <rect x="4" y="13" width="7" height="7" rx="2" />
      <circle cx="16.5" cy="16.5" r="3.5" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  warning: <path d="M12 8v5m0 3.2v.1M12 3.5 2.8 19.5h18.4z" />,
  broken: <path d="M7 7l10 10M17 7 7 17" />,
  starting: <path d="M12 4a8 8 0 1 1-8 8" />,
  off: <path d="M12 4v7M7 6.5a7.5 7.5 0 1 0 10 0" />,
  pause: <path d="M8.5 6v12M15.5 6v12" />,
  play: <path d="M8 5.5v13l10.5-6.5z" />,
  clear: <path d="M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12" />,
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="m15 15 5 5" />
    </>
  ),
  chevron: <path d="m9 6 6 6-6 6" />,
  back: <path d="m15 6-6 6 6 6" />,
  system: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
    </>
  ),
  light: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
    </>
  ),
  dark: <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />,
  sign_out: <path d="M10 5H5v14h5M14 8l4 4-4 4M18 12H9" />,
  house: <path d="M4 11.5 12 4.5l8 7M6.5 10v9h11v-9" />,
  gap: <path d="M3 12h5M16 12h5M11 7l-2 10M15 7l-2 10" />,
  energy: <path d="M13 3 5.5 13.5H12L11 21l7.5-10.5H12z" />,
  sports: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M4 12h16M12 4v16M6.5 6.5c3 3 3 8 0 11M17.5 6.5c-3 3-3 8 0 11" />
    </>
  ),
  sources: (
    <>
      <path d="M7 15.5a4 4 0 0 1 .5-8 5 5 0 0 1 9.4 1.2A3.5 3.5 0 0 1 17 15.5" />
      <path d="M12 11v8m-3-3 3 3 3-3" />
    </>
  ),
  up: <path d="M12 19V6m-5 5 5-5 5 5" />,
  down: <path d="M12 5v13m-5-5 5 5 5-5" />,
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 8-8M16 7l3 3" />
    </>
  ),
  more: (
    <>
      <circle cx="5.5" cy="12" r="1" />
      <circle cx="12" cy="12" r="1" />
      <circle cx="18.5" cy="12" r="1" />
    </>
  ),
  services: (
    <>
      <rect x="4" y="4.5" width="16" height="6" rx="2" />
      <rect x="4" y="13.5" width="16" height="6" rx="2" />
      <path d="M7.5 7.5h.1M7.5 16.5h.1M12 7.5h4.5M12 16.5h4.5" />
    </>
  ),
  connections: <path d="M9 15l6-6M10.5 7l2-2a4.2 4.2 0 0 1 6 6l-2 2M13.5 17l-2 2a4.2 4.2 0 0 1-6-6l2-2" />,
  setup: (
    <>
      <path d="M4 7h8M16 7h4M4 17h4M12 17h8" />
      <circle cx="14" cy="7" r="2" />
      <circle cx="10" cy="17" r="2" />
    </>
  ),
  restart: <path d="M19 12a7 7 0 1 1-2.2-5.1M19 4.5v4h-4" />,
  copy: (
    <>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </>
  ),
  history: (
    <>
      <path d="M4 5v14h16" />
      <path d="M7.5 15l3.5-5 3 3 5-6.5" />
    </>
  ),
  storage: (
    <>
      <ellipse cx="12" cy="6.5" rx="7.5" ry="3" />
      <path d="M4.5 6.5v11c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3v-11M4.5 12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3" />
    </>
  ),
  zoom_in: (
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="m15 15 5 5M8 10.5h5M10.5 8v5" />
    </>
  ),
  zoom_out: (
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="m15 15 5 5M8 10.5h5" />
    </>
  ),
  download: <path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19.5h14" />,
  note: <path d="M6 21V4h12l-3 4.5 3 4.5H6" />,
  sort: <path d="m8 10 4-4 4 4M8 14l4 4 4-4" />,
} as const satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {PATHS[name]}
    </svg>
  );
}

/** A house whose floor is a recorded line. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect class="logo-ground" width="32" height="32" rx="8" />
      <path class="logo-house" d="M6.5 15.5 16 7l9.5 8.5M9 14v10.5h14V14" />
      <path class="logo-line" d="M9 20h3l1.8-3.6 3 6 1.9-4H23" />
    </svg>
  );
}
