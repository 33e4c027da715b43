import { join } from "node:path";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { energyCharts } from "./exchanges/energy-charts.ts";
import { octopus } from "./suppliers/octopus.ts";
import { pgeGridX } from "./suppliers/pge-gridx.ts";
import { tibber } from "./suppliers/tibber.ts";

const folder = join(import.meta.dirname, "cases");
for (const provider of [energyCharts, octopus, pgeGridX, tibber]) testCases(folder, provider);
