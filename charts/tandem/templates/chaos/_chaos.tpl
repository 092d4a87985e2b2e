{{/* Who kills pods sees them all, and deletes them. By their status their labels are changed, and nothing that they run. */}}
{{- define "tandem.chaos.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . "chaos") | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [pods], verbs: [list, delete] }
  - { apiGroups: [""], resources: [pods/status], verbs: [patch] }
{{- end -}}

{{- define "tandem.chaos.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . "chaos") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . "chaos") }} }
subjects: [{ kind: ServiceAccount, name: {{ include "tandem.part" (list . "chaos") }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}

{{/* What `tandem chaos` labels so is heard by nobody: no other policy of the chart selects it. */}}
{{- define "tandem.chaos.cut" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "tandem.metadata" (list . "chaos" "cut") | nindent 2 }}
spec:
  podSelector: { matchLabels: { app.kubernetes.io/instance: {{ .Release.Name }}, tandem-cut: chaos } }
  policyTypes: [Ingress, Egress]
{{- end -}}

{{/* Tiers, and servers that go on without one of theirs. */}}
{{- define "tandem.chaos.parts" -}}
{{- $parts := list -}}
{{- range $part := list "edge" "router" "media" -}}
{{- if (index $.Values $part).enabled -}}{{- $parts = append $parts $part -}}{{- end -}}
{{- end -}}
{{- range $server := list "nats" "redis" "etcd" -}}
{{- $values := index $.Values $server -}}
{{- if and $values.enabled (gt (int $values.replicas) 1) -}}{{- $parts = append $parts $server -}}{{- end -}}
{{- end -}}
{{- join "," $parts -}}
{{- end -}}

{{/* That of `tandem.calls`, and a way to the API: its address is known to the cluster alone. */}}
{{- define "tandem.chaos.traffic" -}}
{{- include "tandem.calls.traffic" . }}
  - ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
{{- end -}}
