import { type Cell, createCell } from "../data/cell.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEMES)[number];

export type Theme = {
  readonly choice: Cell<ThemeChoice>;
  /** What is drawn: charts take their colours anew when it changes. */
  readonly scheme: Cell<"light" | "dark">;
  choose(choice: ThemeChoice): void;
};

const KEY = "ha-ingestor-theme";

export function createTheme(window: Window): Theme {
  const { documentElement: root } = window.document;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = window.localStorage.getItem(KEY);
  const choice = createCell<ThemeChoice>(THEMES.find((theme) => theme === stored) ?? "system");
  const resolve = () => {
    const chosen = choice.get();
    return chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
  };
  const scheme = createCell<"light" | "dark">(resolve());
  const apply = () => {
    root.dataset.theme = resolve();
    scheme.set(resolve());
  };
  dark.addEventListener("change", apply);
  apply();
  return {
    choice,
    scheme,
    choose: (next) => {
      choice.set(next);
      window.localStorage.setItem(KEY, next);
      apply();
    },
  };
}
