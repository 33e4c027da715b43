import type { Truth } from "../../domain/outside/score.ts";

/** What of a forecast can be judged by what came: how it is found, and in which quantity. */
export const JUDGED: { readonly [quantity: string]: { readonly truth: Truth; readonly by: string } } = {
  temperature: { truth: "moment", by: "temperature" },
  apparent_temperature: { truth: "moment", by: "apparent_temperature" },
  dew_point: { truth: "moment", by: "dew_point" },
  humidity: { truth: "moment", by: "humidity" },
  pressure: { truth: "moment", by: "pressure" },
  cloud_cover: { truth: "moment", by: "cloud_cover" },
  visibility: { truth: "moment", by: "visibility" },
  wind_speed: { truth: "moment", by: "wind_speed" },
  uv_index: { truth: "moment", by: "uv_index" },
  precipitation: { truth: "sum", by: "precipitation" },
  temperature_high: { truth: "highest", by: "temperature" },
  temperature_low: { truth: "lowest", by: "temperature" },
  day_precipitation: { truth: "sum", by: "precipitation" },
};
