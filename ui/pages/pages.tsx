import type { JSX } from "preact";
import { Empty, Page } from "../parts/basics.tsx";
import type { Route } from "../router.ts";
import { t } from "../text/text.ts";
import { AccessPage } from "./admin/access.tsx";
import { ConnectionsPage } from "./admin/connections.tsx";
import { ServicesPage } from "./admin/services.tsx";
import { SetupPage } from "./admin/setup.tsx";
import { EnergyPage } from "./energy/page.tsx";
import { EntitiesPage } from "./entities.tsx";
import { EntityPage } from "./entity.tsx";
import { HistoryPage } from "./history/page.tsx";
import { LivePage } from "./live.tsx";
import { OverviewPage } from "./overview.tsx";
import { SourcesPage } from "./sources/page.tsx";
import { SportsPage } from "./sports/page.tsx";
import { StoragePage } from "./storage/page.tsx";

/** What is drawn for a route. A further page is a line here and one in parts/navigation.tsx. */
export const PAGES: Record<Route["page"], (route: Route) => JSX.Element> = {
  overview: () => <OverviewPage />,
  live: () => <LivePage />,
  entities: () => <EntitiesPage />,
  entity: ({ entity }) => <EntityPage key={entity} id={entity} />,
  history: () => <HistoryPage />,
  energy: () => <EnergyPage />,
  sports: () => <SportsPage />,
  sources: () => <SourcesPage />,
  storage: () => <StoragePage />,
  services: () => <ServicesPage />,
  connections: () => <ConnectionsPage />,
  access: () => <AccessPage />,
  setup: () => <SetupPage />,
  unknown: () => (
    <Page title={t("unknown_page.title")}>
      <Empty icon="search" title={t("unknown_page.text")}>
        <a class="button" href="#/overview">
          {t("unknown_page.back")}
        </a>
      </Empty>
    </Page>
  ),
};
