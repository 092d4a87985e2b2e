/** A curve: what Prometheus is asked, and what it is called; `{{label}}` stands for a label's value. */
type Curve = readonly [expr: string, legend: string];

interface Panel {
  readonly title: string;
  /** Of Grafana: `s`, `percentunit`, `bytes`, `reqps`, `short`. */
  readonly unit: string;
  readonly curves: readonly Curve[];
}

const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;
const sum = (metric: string, by: string): string => `sum by (${by}) (${metric})`;
const quantile = (share: number, metric: string, by = ''): string =>
  `histogram_quantile(${share}, sum by (${['le', by].filter(Boolean).join(', ')}) (rate(${metric}_bucket[$__rate_interval])))`;

/** The curves of 50, 95 and 99 of 100. */
function quantiles(metric: string): Curve[] {
  return [0.5, 0.95, 0.99].map((share) => [quantile(share, metric), `p${share * 100}`]);
}

const instance = '{{instance}}';

/** What Grafana shows, by dashboard. */
const dashboards: Readonly<Record<string, readonly Panel[]>> = {
  calls: [
    {
      title: 'Calls a second',
      unit: 'reqps',
      curves: [
        ['sum(rate(tandem_calls_started_total[$__rate_interval]))', 'started'],
        ['sum(rate(tandem_calls_answered_total[$__rate_interval]))', 'answered'],
      ],
    },
    {
      title: 'Calls in progress',
      unit: 'short',
      curves: [[sum('tandem_calls_active', 'tenant'), '{{tenant}}']],
    },
    {
      title: 'Answer-seizure ratio',
      unit: 'percentunit',
      curves: [
        [
          'sum(rate(tandem_calls_answered_total[$__rate_interval])) / sum(rate(tandem_calls_started_total[$__rate_interval]))',
          'answered',
        ],
      ],
    },
    {
      title: 'Ends by outcome',
      unit: 'reqps',
      curves: [[rate('tandem_calls_ended_total', 'outcome'), '{{outcome}}']],
    },
    { title: 'Post-dial delay', unit: 's', curves: quantiles('tandem_call_setup_seconds') },
    {
      title: 'What breaks calls',
      unit: 'reqps',
      curves: [[rate('tandem_call_failures_total', 'layer, object'), '{{layer}} {{object}}']],
    },
    {
      title: 'RTP lost, 95 of 100 calls',
      unit: 'percentunit',
      curves: [[quantile(0.95, 'tandem_call_loss_ratio', 'from'), 'from {{from}}']],
    },
    {
      title: 'Jitter, 95 of 100 calls',
      unit: 's',
      curves: [[quantile(0.95, 'tandem_call_jitter_seconds', 'from'), 'from {{from}}']],
    },
    { title: 'How long calls last', unit: 's', curves: quantiles('tandem_call_duration_seconds') },
    { title: 'Registered users', unit: 'short', curves: [['max(tandem_registered_users)', 'users']] },
  ],
  edges: [
    { title: 'Occupancy', unit: 'percentunit', curves: [['tandem_edge_occupancy_ratio', instance]] },
    {
      title: 'Share of new calls let in',
      unit: 'percentunit',
      curves: [['tandem_edge_admitted_ratio', instance]],
    },
    {
      title: 'SIP messages a second',
      unit: 'reqps',
      curves: [[rate('tandem_sip_messages_total', 'direction, transport'), '{{direction}} {{transport}}']],
    },
    {
      title: 'Refused, by reason',
      unit: 'reqps',
      curves: [[rate('tandem_sip_refused_total', 'reason'), '{{reason}}']],
    },
    {
      title: 'Shed, by what was short',
      unit: 'reqps',
      curves: [[rate('tandem_sip_shed_total', 'reason'), '{{reason}}']],
    },
    {
      title: 'Connections',
      unit: 'short',
      curves: [[sum('tandem_sip_connections', 'transport'), '{{transport}}']],
    },
    {
      title: 'Transactions',
      unit: 'short',
      curves: [[sum('tandem_sip_transactions', 'kind, state'), '{{kind}} {{state}}']],
    },
    {
      title: 'Registrations a second',
      unit: 'reqps',
      curves: [[rate('tandem_registrations_total', 'instance'), instance]],
    },
    {
      title: 'Bans',
      unit: 'short',
      curves: [
        ['max(tandem_bans)', 'in force'],
        ['sum by (policy) (increase(tandem_bans_total[1h]))', '{{policy}}, in an hour'],
      ],
    },
    { title: 'Answers of DNS', unit: 's', curves: quantiles('tandem_dns_seconds') },
    {
      title: 'Records that wait for the store',
      unit: 'short',
      curves: [['tandem_call_records_waiting', instance]],
    },
    {
      title: 'Days until the certificate ends',
      unit: 'd',
      curves: [['(tandem_tls_certificate_end_timestamp_seconds - time()) / 86400', instance]],
    },
  ],
  routers: [
    { title: 'Decisions, as edges see them', unit: 's', curves: quantiles('tandem_router_decision_seconds') },
    {
      title: 'Requests of edges, by what came of them',
      unit: 'reqps',
      curves: [[rate('tandem_router_requests_total', 'event'), '{{event}}']],
    },
    {
      title: 'Verdicts a second',
      unit: 'reqps',
      curves: [[rate('tandem_verdicts_total', 'verdict'), '{{verdict}}']],
    },
    { title: 'Requests under way', unit: 'short', curves: [['tandem_router_requests_in_flight', instance]] },
    {
      title: 'Stores, 99 of 100',
      unit: 's',
      curves: [[quantile(0.99, 'tandem_store_seconds', 'operation'), '{{operation}}']],
    },
    {
      title: 'Routers that edges reach',
      unit: 'short',
      curves: [['sum by (instance, state) (tandem_routers_connected)', '{{instance}} {{state}}']],
    },
    {
      title: 'Redis refused',
      unit: 'reqps',
      curves: [[rate('tandem_redis_failures_total', 'operation'), '{{operation}}']],
    },
    {
      title: 'Servers that are connected',
      unit: 'short',
      curves: [
        ['sum(tandem_bus_connected)', 'NATS'],
        ['sum(tandem_redis_connected)', 'Redis'],
        ['sum(tandem_etcd_connected)', 'etcd'],
      ],
    },
  ],
  media: [
    { title: 'Sessions', unit: 'short', curves: [['tandem_media_sessions', instance]] },
    {
      title: 'Packets a second, by fate',
      unit: 'pps',
      curves: [[rate('tandem_media_packets_total', 'fate'), '{{fate}}']],
    },
    { title: 'RTP', unit: 'Bps', curves: [[rate('tandem_media_octets_total', 'instance'), instance]] },
    {
      title: 'Pairs of ports',
      unit: 'short',
      curves: [['sum by (instance, state) (tandem_media_port_pairs)', '{{instance}} {{state}}']],
    },
    {
      title: 'Packets lost before they came here',
      unit: 'pps',
      curves: [['sum by (instance) (deriv(tandem_media_lost_packets[5m]))', instance]],
    },
    {
      title: 'What went wrong',
      unit: 'reqps',
      curves: [[rate('tandem_media_failures_total', 'reason'), '{{reason}}']],
    },
    {
      title: 'Calls moved to another worker',
      unit: 'reqps',
      curves: [[rate('tandem_media_moves_total', 'outcome'), '{{outcome}}']],
    },
    { title: 'How long a move takes', unit: 's', curves: quantiles('tandem_media_move_seconds') },
    {
      title: 'Datagrams lost in full buffers',
      unit: 'pps',
      curves: [[rate('tandem_udp_receive_buffer_errors_total', 'instance'), instance]],
    },
  ],
  trunks: [
    { title: 'Trunks looked after', unit: 'short', curves: [['tandem_trunks', instance]] },
    {
      title: 'Trunks that are not well, by condition',
      unit: 'short',
      curves: [['sum by (condition) (tandem_trunk_condition{status="false"})', '{{condition}}']],
    },
    { title: 'Contacts', unit: 'short', curves: [[sum('tandem_trunk_contacts', 'state'), '{{state}}']] },
    {
      title: 'Calls that trunks break',
      unit: 'reqps',
      curves: [[rate('tandem_call_failures_total{object=~"Trunk/.*"}', 'object'), '{{object}}']],
    },
    { title: 'Servers of names left out', unit: 'short', curves: [['tandem_sip_targets_avoided', instance]] },
  ],
  scaling: [
    {
      title: 'Calls a second, of each edge',
      unit: 'reqps',
      curves: [[rate('tandem_calls_started_total', 'instance'), instance]],
    },
    {
      title: 'Calls, of each edge',
      unit: 'short',
      curves: [[sum('tandem_calls_active', 'instance'), instance]],
    },
    { title: 'Media sessions, of each worker', unit: 'short', curves: [['tandem_media_sessions', instance]] },
    { title: 'Occupancy of edges', unit: 'percentunit', curves: [['tandem_edge_occupancy_ratio', instance]] },
    {
      title: 'Delay of the event loop, 99 of 100',
      unit: 's',
      curves: [['tandem_event_loop_delay_seconds{quantile="0.99"}', instance]],
    },
    { title: 'Memory', unit: 'bytes', curves: [['tandem_memory_bytes{area="rss"}', instance]] },
    {
      title: 'Nodes',
      unit: 'short',
      curves: [['max by (tier, state) (tandem_members)', '{{tier}} {{state}}']],
    },
    {
      title: 'What happened among nodes',
      unit: 'short',
      curves: [
        [
          'max by (event) (increase(tandem_membership_events_total{event=~"joined|left|died"}[10m]))',
          '{{event}}',
        ],
      ],
    },
  ],
};

/** The names of all dashboards. */
export const dashboardNames: readonly string[] = Object.keys(dashboards);

/** A dashboard as Grafana takes it, panels in two columns. */
export function dashboard(name: string): string {
  const title = `Tandem / ${name[0]!.toUpperCase()}${name.slice(1)}`;
  return `${JSON.stringify(
    {
      uid: `tandem-${name}`,
      title,
      tags: ['tandem'],
      schemaVersion: 39,
      editable: true,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
      panels: dashboards[name]!.map(panel),
    },
    undefined,
    2,
  )}\n`;
}

const [width, height] = [12, 8];

function panel({ title, unit, curves }: Panel, index: number): object {
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: { type: 'prometheus', uid: '$datasource' },
    gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { tooltip: { mode: 'multi' }, legend: { displayMode: 'list', placement: 'bottom' } },
    targets: curves.map(([expr, legendFormat], curve) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + curve),
      expr,
      legendFormat,
    })),
  };
}
