import { type PythonTools, pythonTools } from "./python-tools.ts";

/** Judges of the API that others wrote. */
const PINS = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0", "prometheus-client==0.26.0"];

export const apiTools = (): Promise<PythonTools | string> => pythonTools("api-tools", PINS, "tools to judge the API");
