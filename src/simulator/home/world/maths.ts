export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

export const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
