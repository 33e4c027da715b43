import { join } from "node:path";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { eia } from "./eia.ts";
import { electricityMaps } from "./electricity-maps.ts";
import { ukCarbonIntensity } from "./uk-carbon-intensity.ts";
import { createWattTime } from "./watttime.ts";

const folder = join(import.meta.dirname, "cases");
for (const provider of [ukCarbonIntensity, electricityMaps, createWattTime(), eia]) testCases(folder, provider);
