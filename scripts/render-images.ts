/** Renders the app's and the integration's pictures from their drawings: `node scripts/render-images.ts`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findChromium, launchChromium } from "../tests/support/tools/chromium.ts";

const ROOT = join(import.meta.dirname, "..");
const ICON = "ui/icon.svg";
const LOGO = "addon/images/logo.svg";

/** Sizes in pixels, as the Supervisor and Home Assistant ask for them. */
const PICTURES = [
  { from: ICON, to: "addon/icon.png", width: 128, height: 128 },
  { from: LOGO, to: "addon/logo.png", width: 250, height: 100 },
  { from: ICON, to: "custom_components/ha_ingestor/brand/icon.png", width: 256, height: 256 },
  { from: ICON, to: "custom_components/ha_ingestor/brand/icon@2x.png", width: 512, height: 512 },
  { from: LOGO, to: "custom_components/ha_ingestor/brand/logo.png", width: 320, height: 128 },
  { from: LOGO, to: "custom_components/ha_ingestor/brand/logo@2x.png", width: 640, height: 256 },
] as const;

const chromium = findChromium();
if (!chromium) throw new Error("no Chromium: set CHROMIUM to a browser's path");
const browser = await launchChromium(chromium);
for (const { from, to, width, height } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height } });
  const drawing = readFileSync(join(ROOT, from), "utf8").replace("<svg ", `<svg width="${width}" height="${height}" `);
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
  mkdirSync(dirname(join(ROOT, to)), { recursive: true });
  writeFileSync(join(ROOT, to), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
