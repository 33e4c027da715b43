import type { SourceKind } from "../domain/outside/outside.ts";
import { airNow } from "./air_quality/airnow.ts";
import { openMeteoAir } from "./air_quality/open-meteo.ts";
import { openAq } from "./air_quality/openaq.ts";
import { openWeatherMapAir } from "./air_quality/openweathermap.ts";
import { waqi } from "./air_quality/waqi.ts";
import { caldav } from "./calendar/caldav.ts";
import { homeAssistantCalendars } from "./calendar/home-assistant.ts";
import { icsUrl } from "./calendar/ics-url.ts";
import { eia } from "./carbon/eia.ts";
import { electricityMaps } from "./carbon/electricity-maps.ts";
import { energiDataServiceCarbon } from "./carbon/energi-data-service.ts";
import { carbonEntity } from "./carbon/entity.ts";
import { ukCarbonIntensity } from "./carbon/uk-carbon-intensity.ts";
import { createWattTime } from "./carbon/watttime.ts";
import { pricingEntity } from "./pricing/entity.ts";
import { awattar } from "./pricing/exchanges/awattar.ts";
import { energiDataService } from "./pricing/exchanges/energi-data-service.ts";
import { energyCharts } from "./pricing/exchanges/energy-charts.ts";
import { entsoe } from "./pricing/exchanges/entsoe.ts";
import { nordPool } from "./pricing/exchanges/nord-pool.ts";
import { comed } from "./pricing/suppliers/comed.ts";
import { energyZero } from "./pricing/suppliers/energyzero.ts";
import { octopus } from "./pricing/suppliers/octopus.ts";
import { pgeGridX } from "./pricing/suppliers/pge-gridx.ts";
import { tibber } from "./pricing/suppliers/tibber.ts";
import { fixedTariff, timeOfUseTariff } from "./pricing/tariff/tariffs.ts";
import { dsmr } from "./smart_meter/dsmr/dsmr.ts";
import { greenButton } from "./smart_meter/green_button/green-button.ts";
import { meterCsv } from "./smart_meter/meter_csv/meter-csv.ts";
import { octopusConsumption } from "./smart_meter/octopus/octopus-consumption.ts";
import { sml } from "./smart_meter/sml/sml.ts";
import type { AnyProvider } from "./source.ts";
import { espn } from "./sports/espn.ts";
import { teamTracker } from "./sports/team-tracker.ts";
import { homeAssistantWeather } from "./weather/home-assistant.ts";
import { metNo } from "./weather/met-no.ts";
import { nws } from "./weather/nws/nws.ts";
import { openMeteo } from "./weather/open-meteo.ts";
import { openWeatherMap } from "./weather/openweathermap/openweathermap.ts";

/** Every provider there is. Of a kind, the first is proposed where Home Assistant has nothing of it. */
export const PROVIDERS: readonly AnyProvider[] = [
  openMeteo,
  metNo,
  openWeatherMap,
  nws,
  homeAssistantWeather,
  openMeteoAir,
  airNow,
  waqi,
  openWeatherMapAir,
  openAq,
  homeAssistantCalendars,
  icsUrl,
  caldav,
  espn,
  teamTracker,
  ukCarbonIntensity,
  electricityMaps,
  createWattTime(),
  energiDataServiceCarbon,
  eia,
  carbonEntity,
  energyCharts,
  awattar,
  entsoe,
  nordPool,
  energiDataService,
  energyZero,
  octopus,
  tibber,
  comed,
  pgeGridX,
  fixedTariff,
  timeOfUseTariff,
  pricingEntity,
  dsmr,
  sml,
  octopusConsumption,
  greenButton,
  meterCsv,
];

export const providersOf = (kind: SourceKind): readonly AnyProvider[] => PROVIDERS.filter((one) => one.kind === kind);
