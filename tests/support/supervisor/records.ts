/** What the Supervisor knows of the machine and of the app, in the fields and types that Home Assistant Core checks. */

export type AppFacts = {
  readonly slug: string;
  readonly name: string;
  readonly version: string;
  /** Where Core reaches the app; in a real system the app's host name on the app network. */
  readonly hostname: string;
  readonly ingressPort: number;
  readonly ingressToken: string;
  /** As in the app's config.yaml: whether the sidebar entry is for administrators only. */
  readonly panelAdmin: boolean;
  readonly discovery: readonly string[];
  /** `hassio_api` of config.yaml: opens paths that end in `/info`. */
  readonly supervisorApi: boolean;
  readonly homeassistantApi: boolean;
};

export type AppState = {
  options: Record<string, unknown>;
  state: "started" | "stopped" | "error";
  watchdog: boolean;
  autoUpdate: boolean;
  restarts: number;
};

export function infoOf(app: AppFacts, now: AppState): Record<string, unknown> {
  return {
    ...shortInfoOf(app, now),
    apparmor: "profile",
    arch: ["amd64", "aarch64"],
    audio: false,
    audio_input: null,
    audio_output: null,
    auth_api: false,
    auto_update: now.autoUpdate,
    boot: "auto",
    boot_config: "auto",
    changelog: true,
    devices: [],
    devicetree: false,
    discovery: app.discovery,
    dns: [],
    docker_api: false,
    documentation: true,
    full_access: false,
    gpio: false,
    hassio_api: app.supervisorApi,
    hassio_role: "default",
    homeassistant_api: app.homeassistantApi,
    host_dbus: false,
    host_ipc: false,
    host_network: false,
    host_pid: false,
    host_uts: false,
    hostname: app.hostname,
    ingress: true,
    ingress_entry: `/api/hassio_ingress/${app.ingressToken}`,
    ingress_panel: true,
    ingress_port: app.ingressPort,
    ingress_url: `/api/hassio_ingress/${app.ingressToken}/`,
    ip_address: "172.30.33.5",
    kernel_modules: false,
    long_description: null,
    machine: [],
    network: { "8098/tcp": null },
    network_description: null,
    options: now.options,
    privileged: [],
    protected: true,
    rating: 8,
    schema: [],
    services: [],
    signed: false,
    startup: "services",
    stdin: false,
    system_managed: false,
    system_managed_config_entry: null,
    translations: {},
    uart: false,
    udev: false,
    usb: false,
    video: false,
    watchdog: now.watchdog,
    webui: null,
  };
}

export const shortInfoOf = (app: AppFacts, now: AppState): Record<string, unknown> => ({
  advanced: false,
  available: true,
  build: false,
  description: "The data hub of one home",
  detached: false,
  homeassistant: null,
  icon: false,
  logo: false,
  name: app.name,
  repository: "local",
  slug: app.slug,
  stage: "stable",
  state: now.state,
  update_available: false,
  url: null,
  version: app.version,
  version_latest: app.version,
});

/** The GETs that answer the same for as long as the machine runs. */
export const machineRecords = (coreVersion: string): Record<string, unknown> => ({
  "/supervisor/ping": {},
  "/info": {
    supervisor: "2026.11.0",
    homeassistant: coreVersion,
    hassos: "16.3",
    docker: "28.0",
    hostname: "homeassistant",
    operating_system: "Home Assistant OS 16.3",
    features: [],
    machine: "generic-x86-64",
    machine_id: null,
    arch: "amd64",
    state: "running",
    supported_arch: ["amd64"],
    supported: true,
    channel: "stable",
    logging: "info",
    timezone: "Europe/Amsterdam",
  },
  "/core/info": {
    version: coreVersion,
    version_latest: coreVersion,
    update_available: false,
    machine: "generic-x86-64",
    ip_address: "172.30.32.1",
    arch: "amd64",
    image: "homeassistant",
    boot: true,
    port: 8123,
    ssl: false,
    watchdog: true,
    audio_input: null,
    audio_output: null,
    backups_exclude_database: false,
    duplicate_log_file: false,
  },
  "/supervisor/info": {
    version: "2026.11.0",
    version_latest: "2026.11.0",
    update_available: false,
    channel: "stable",
    arch: "amd64",
    supported: true,
    healthy: true,
    ip_address: "172.30.32.2",
    timezone: null,
    logging: "info",
    debug: false,
    debug_block: false,
    diagnostics: null,
    auto_update: false,
    country: null,
    detect_blocking_io: false,
    feature_flags: {},
  },
  "/os/info": {
    version: "16.3",
    version_latest: "16.3",
    version_pending: null,
    update_available: false,
    board: "ova",
    boot: "A",
    data_disk: null,
    boot_slots: {},
  },
  "/host/info": {
    agent_version: null,
    apparmor_version: null,
    chassis: null,
    virtualization: null,
    cpe: null,
    deployment: null,
    disk_free: 20.5,
    disk_total: 30.8,
    disk_used: 9,
    disk_life_time: null,
    features: [],
    hostname: "homeassistant",
    llmnr_hostname: null,
    kernel: null,
    operating_system: null,
    timezone: null,
    dt_utc: null,
    dt_synchronized: null,
    use_ntp: null,
    startup_time: null,
    boot_timestamp: null,
    broadcast_llmnr: null,
    broadcast_mdns: null,
  },
  "/store": { addons: [], repositories: [] },
  "/network/info": {
    interfaces: [],
    docker: { interface: "hassio", address: "172.30.32.0/23", gateway: "172.30.32.1", dns: "172.30.32.3" },
    host_internet: null,
    supervisor_internet: true,
  },
  "/mounts": { default_backup_mount: null, mounts: [] },
  "/jobs/info": { ignore_conditions: [], jobs: [] },
  "/resolution/info": { suggestions: [], unsupported: [], unhealthy: [], issues: [], checks: [] },
});
