import { useEffect, useRef, useState } from "preact/hooks";
import { type TextKey, t } from "../text/text.ts";
import { Icon, type IconName } from "./icons.tsx";

export type NavigationItem = {
  readonly path: string;
  /** Pages that count as being here, such as one entity under Entities. */
  readonly pages: readonly string[];
  readonly label: TextKey;
  readonly icon: IconName;
};

/** A further page is a line here and one in pages/pages.tsx. */
const FIRST: readonly NavigationItem[] = [
  { path: "overview", pages: ["overview"], label: "nav.overview", icon: "overview" },
  { path: "live", pages: ["live"], label: "nav.live", icon: "live" },
  { path: "entities", pages: ["entities", "entity"], label: "nav.entities", icon: "entities" },
  { path: "history", pages: ["history"], label: "nav.history", icon: "history" },
];
/** Behind “More” where there is no room for all. */
const FURTHER: readonly NavigationItem[] = [
  { path: "energy", pages: ["energy"], label: "nav.energy", icon: "energy" },
  { path: "sports", pages: ["sports"], label: "nav.sports", icon: "sports" },
  { path: "sources", pages: ["sources"], label: "nav.sources", icon: "sources" },
  { path: "storage", pages: ["storage"], label: "nav.storage", icon: "storage" },
  { path: "services", pages: ["services"], label: "nav.services", icon: "services" },
  { path: "connections", pages: ["connections"], label: "nav.connections", icon: "connections" },
  { path: "access", pages: ["access"], label: "nav.access", icon: "key" },
  { path: "setup", pages: ["setup"], label: "nav.setup", icon: "setup" },
];
export const NAVIGATION = [...FIRST, ...FURTHER];

export function Navigation({ page }: { page: string }) {
  const [open, setOpen] = useState(false);
  const nav = useRef<HTMLElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [page]);
  useEffect(() => {
    if (!open) return;
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && !nav.current?.contains(target)) setOpen(false);
    };
    const closeOnEscape = ({ key }: KeyboardEvent) => {
      if (key !== "Escape") return;
      setOpen(false);
      more.current?.focus();
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    document.addEventListener("keydown", closeOnEscape);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
      document.removeEventListener("keydown", closeOnEscape);
    };
  }, [open]);
  const link = ({ path, pages, label, icon }: NavigationItem) => (
    <li key={path}>
      <a href={`#/${path}`} aria-current={pages.includes(page) ? "page" : undefined} onClick={() => setOpen(false)}>
        <Icon name={icon} size={22} />
        <span>{t(label)}</span>
      </a>
    </li>
  );
  return (
    <nav class="nav" aria-label={t("frame.navigation")} ref={nav}>
      <ul>
        {FIRST.map(link)}
        <li class="nav-more">
          <button
            type="button"
            ref={more}
            aria-expanded={open}
            aria-controls="further-pages"
            data-here={FURTHER.some(({ pages }) => pages.includes(page))}
            onClick={() => setOpen(!open)}
          >
            <Icon name="more" size={22} />
            <span>{t("nav.more")}</span>
          </button>
        </li>
      </ul>
      <ul id="further-pages" class={`nav-further ${open ? "is-open" : ""}`}>
        {FURTHER.map(link)}
      </ul>
    </nav>
  );
}
