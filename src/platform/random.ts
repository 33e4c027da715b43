/** Chance comes in by the front door, so that tests can hold it. From 0 to below 1. */
export const systemRandom = (): number => Math.random();
