{{/* What NetworkPolicies are made of. Pods with the host's network are none to them: who they are is told by their node's address. */}}

{{/* Who may ask a component: pods of other components, and nodes where some of those have the host's network. By (list $ component…). */}}
{{- define "tandem.peers" -}}
{{- $root := first . -}}
{{- $hosts := false -}}
{{- range $component := rest . }}
- podSelector: { matchLabels: {{ include "tandem.selector" (list $root $component) | fromYaml | toJson }} }
{{- if has $component (list "edge" "media") }}
{{- $hosts = or $hosts (eq (include "tandem.hasHostNetwork" (list $root $component)) "true") }}
{{- end }}
{{- end }}
{{- if $hosts }}
{{- range $root.Values.networkPolicy.nodes }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* The components that are clients of the servers. */}}
{{- define "tandem.nodes" -}}
[edge, router, media, trunk, configuration]
{{- end -}}

{{/* Ways out to names, and to the servers: those of the chart as pods, others at any address on the ports that are said. By (list $ server…). */}}
{{- define "tandem.egress" -}}
{{- $root := first . -}}
- ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- range $server := rest . }}
{{- $values := index $root.Values $server }}
{{- if $values.enabled }}
- to: [{ podSelector: { matchLabels: {{ include "tandem.selector" (list $root $server) | fromYaml | toJson }} } }]
  ports:
    {{- range $name, $port := include (printf "tandem.%s.ports" $server) $root | fromYaml }}
    {{- if has $name (list "client" "sentinel") }}
    - { port: {{ $port }}, protocol: TCP }
    {{- end }}
    {{- end }}
{{- else }}
- ports: {{ include "tandem.externalPorts" $values }}
{{- end }}
{{- end }}
{{- with $root.Values.networkPolicy.egress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tandem.externalPorts" -}}
{{- $ports := list -}}
{{- range .external.ports -}}{{- $ports = append $ports (dict "port" . "protocol" "TCP") -}}{{- end -}}
{{- toJson $ports -}}
{{- end -}}

{{/* A policy for the pods of `.item` from what its template makes: ingress and egress. */}}
{{- define "tandem.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }}
    {{- if .Values.chaos.enabled }}
    # Policies add up, so that who is to be cut off is selected by none of these.
    matchExpressions: [{ key: tandem-cut, operator: DoesNotExist }]
    {{- end }}
  policyTypes: [Ingress, Egress]
  {{- include (printf "tandem.%s.traffic" .item) . | nindent 2 }}
{{- end -}}

{{/* Who may read metrics. By (list $ port). */}}
{{- define "tandem.metricsIngress" -}}
{{- $root := first . -}}
{{- with $root.Values.networkPolicy.metricsFrom }}
- from: {{ toJson . }}
  ports: [{ port: {{ last $ }}, protocol: TCP }]
{{- end }}
{{- end -}}

{{/* The way to the API of Kubernetes, whose address no selector knows, for pods that use it. By (list $ tier). */}}
{{- define "tandem.apiEgress" -}}
{{- if eq (include "tandem.asksKubernetes" .) "true" }}
- ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
{{- end }}
{{- end -}}

{{- define "tandem.edge.traffic" -}}
ingress:
  - ports:
      {{- range $transport, $port := include "tandem.edge.listeners" . | fromYaml }}
      - { port: {{ $port }}, protocol: {{ ternary "UDP" "TCP" (eq $transport "udp") }} }
      {{- end }}
  {{- include "tandem.metricsIngress" (list . .Values.edge.httpPort) | nindent 2 }}
egress:
  {{- include "tandem.egress" (list . "nats" "redis" "etcd") | nindent 2 }}
  - to: [{ podSelector: { matchLabels: {{ include "tandem.selector" (list . "router") | fromYaml | toJson }} } }]
    ports: [{ port: {{ .Values.router.port }}, protocol: TCP }]
  {{- include "tandem.apiEgress" (list . "edge") | nindent 2 }}
  # Phones, providers and other edges: at any port.
  - to: {{ include "tandem.outside" . }}
  {{- include "tandem.calls.phones" . | nindent 2 }}
{{- end -}}

{{/* Everybody but who `networkPolicy.except` has. */}}
{{- define "tandem.outside" -}}
{{- $blocks := list -}}
{{- range $family := .Values.ipFamilies -}}
{{- $block := dict "cidr" (ternary "0.0.0.0/0" "::/0" (eq $family "IPv4")) -}}
{{- $except := list -}}
{{- range $.Values.networkPolicy.except -}}
{{- if eq (contains ":" .) (eq $family "IPv6") -}}{{- $except = append $except . -}}{{- end -}}
{{- end -}}
{{- if $except -}}{{- $_ := set $block "except" $except -}}{{- end -}}
{{- $blocks = append $blocks (dict "ipBlock" $block) -}}
{{- end -}}
{{- toJson $blocks -}}
{{- end -}}

{{- define "tandem.router.traffic" -}}
ingress:
  - from:
      {{- include "tandem.peers" (list . "edge") | nindent 6 }}
    ports: [{ port: {{ .Values.router.port }}, protocol: TCP }]
  {{- include "tandem.metricsIngress" (list . .Values.router.httpPort) | nindent 2 }}
egress:
  {{- include "tandem.egress" (list . "nats" "redis" "etcd") | nindent 2 }}
{{- end -}}

{{- define "tandem.trunk.traffic" -}}
ingress:
  {{- include "tandem.metricsIngress" (list . .Values.trunk.httpPort) | default "[]" | nindent 2 }}
egress:
  {{- include "tandem.egress" (list . "nats" "redis" "etcd") | nindent 2 }}
{{- end -}}

{{- define "tandem.media.traffic" -}}
ingress:
  - ports: [{ port: {{ .Values.media.ports.from }}, endPort: {{ .Values.media.ports.to }}, protocol: UDP }]
  {{- include "tandem.metricsIngress" (list . .Values.media.httpPort) | nindent 2 }}
egress:
  {{- include "tandem.egress" (list . "nats" "etcd") | nindent 2 }}
  {{- include "tandem.apiEgress" (list . "media") | nindent 2 }}
  # Parties of calls, at any port.
  - to: {{ include "tandem.outside" . }}
  {{- include "tandem.calls.phones" . | nindent 2 }}
{{- end -}}

{{- define "tandem.configuration.traffic" -}}
ingress: []
egress:
  {{- include "tandem.egress" (list . "etcd") | nindent 2 }}
{{- end -}}

{{/* Servers are asked by the nodes and by each other. By (list $ server clientPorts peerPorts). */}}
{{- define "tandem.serverTraffic" -}}
{{- $root := first . -}}
{{- $server := index . 1 -}}
{{- $own := include "tandem.selector" (list $root $server) | fromYaml | toJson -}}
{{- $ports := include (printf "tandem.%s.ports" $server) $root | fromYaml -}}
{{- $clients := concat (include "tandem.nodes" $root | fromYamlArray) (ternary (list "doctor") list (eq $server "nats")) -}}
ingress:
  - from:
      {{- include "tandem.peers" (concat (list $root) $clients) | nindent 6 }}
    ports:
      {{- range index . 2 }}
      - { port: {{ index $ports . }}, protocol: TCP }
      {{- end }}
  - from: [{ podSelector: { matchLabels: {{ $own }} } }]
    ports:
      {{- range index . 3 }}
      - { port: {{ index $ports . }}, protocol: TCP }
      {{- end }}
egress:
  - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
  - to: [{ podSelector: { matchLabels: {{ $own }} } }]
{{- end -}}

{{- define "tandem.nats.traffic" -}}
{{- include "tandem.serverTraffic" (list . "nats" (list "client") (list "client" "cluster")) -}}
{{- end -}}

{{- define "tandem.redis.traffic" -}}
{{- include "tandem.serverTraffic" (list . "redis" (list "client" "sentinel") (list "client" "sentinel")) -}}
{{- end -}}

{{- define "tandem.etcd.traffic" -}}
{{- include "tandem.serverTraffic" (list . "etcd" (list "client") (list "client" "peer")) -}}
{{- end -}}
