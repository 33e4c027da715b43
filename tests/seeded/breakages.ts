import type { Breakage } from "./breakage.ts";
import { AMENDING } from "./breakages/amending.ts";
import { ANSWERS } from "./breakages/answers.ts";
import { BLOCKS } from "./breakages/blocks.ts";
import { LETTING_GO } from "./breakages/letting-go.ts";
import { LOG } from "./breakages/log.ts";
import { SYNCS } from "./breakages/syncs.ts";

export const BREAKAGES: readonly Breakage[] = [...LOG, ...BLOCKS, ...ANSWERS, ...LETTING_GO, ...AMENDING, ...SYNCS];
