import { join } from "node:path";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { dsmr } from "./dsmr/dsmr.ts";
import { octopusConsumption } from "./octopus/octopus-consumption.ts";
import { sml } from "./sml/sml.ts";

const folder = join(import.meta.dirname, "cases");
testCases(folder, dsmr);
testCases(folder, sml);
testCases(folder, octopusConsumption);
