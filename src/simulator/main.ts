import { startSimulator } from "./simulator.ts";

const simulator = await startSimulator({ port: 0 });
process.stdout.write(`HA_URL=${simulator.url} HA_TOKEN=${simulator.token}\n`);
